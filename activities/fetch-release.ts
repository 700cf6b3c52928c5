import { runCommand } from '../domain/interventions.ts'
import { tagRulesOf } from '../domain/lines/line-rules.ts'
import { publishRemotes, sourceRemote } from '../domain/source-remote.ts'
import {
  baseOf,
  contains,
  fetchFork,
  fetchUpstream,
  type Mirror,
  newerBase,
  takeReachable,
} from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { workerPlace } from './place.ts'
import { acceptedMoves, checkRelease, movedTag } from './release-integrity.ts'
import { accessTo } from './secrets.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'
import type { FetchInput, FetchResult, StepInput } from './types.ts'

/** Brings the release and the maintained branch into the mirror, and pins both to object ids. */
export async function fetchRelease(
  input: FetchInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<FetchResult> {
  const { upstream, fork } = input.settings
  const worker = workerPlace(deps)
  const mirror = await openStepMirror(input, deps, step)
  step.report({ done: 0, total: 2, what: `fetching ${upstream.name}` })
  let there: ReadonlySet<string> | undefined
  const fetched = await fetchUpstream(mirror, accessTo(upstream.git, deps), {
    tag: input.tag,
    onTags: (tags) => {
      there = tags
    },
    seen: input.seen ?? (await deps.seenByWatch?.(upstream.name, input.tag)) ?? null,
    accepted: acceptedMoves(input),
  })
  switch (fetched.kind) {
    case 'no-such-tag':
      return { kind: 'blocked', reason: noSuchTag(input, { near: fetched.near, data: worker.data }), worker }
    case 'not-a-commit':
      return { kind: 'blocked', reason: `The tag ${input.tag} does not name a commit.`, worker }
    case 'tag-moved':
      return { ...(await movedTag(mirror, fetched)), worker }
    case 'ok':
  }
  const { release } = fetched
  const checked = await checkRelease(mirror, release, input)
  if (checked.kind !== 'sound') return { ...checked, worker }
  step.report({ done: 1, total: 2, what: `fetching ${fork.name}` })
  const source = sourceRemote(fork)
  const branch = await fetchFork(mirror, accessTo(source, deps), { fork: fork.name, branch: fork.branch })
  if (branch.kind === 'no-such-branch') {
    return { kind: 'blocked', reason: `There is no branch ${fork.branch} in ${source.url}.`, worker }
  }
  const stackHead = branch.head
  const at = { head: stackHead, ...(there && { there }) }
  const downgrade = await downgradeReason(mirror, input, { ...at, release })
  if (downgrade !== null) return { kind: 'skipped', reason: downgrade, worker }
  if (fork.publish.ledger === true) {
    const accesses = publishRemotes(fork).map((remote) => () => accessTo(remote, deps))
    await takeReachable(mirror, accesses, { fork: fork.name, line: fork.line })
  }
  const contained = await contains(mirror, { ancestor: release.commit, descendant: stackHead })
  const base = await baseOf(mirror, { ...at, rules: tagRulesOf(upstream, fork) })
  const standsOn = base === null ? {} : { standsOn: base.tag }
  const signer = checked.signer === null ? {} : { signer: checked.signer }
  return { kind: 'ready', release, stackHead, contained, worker, ...standsOn, ...signer }
}

/** Why the release would be a step back for this line; null when it is none. */
async function downgradeReason(
  mirror: Mirror,
  { tag, settings }: FetchInput,
  at: Pick<Parameters<typeof newerBase>[1], 'head' | 'release' | 'there'>,
): Promise<string | null> {
  const { upstream, fork } = settings
  const newer = await newerBase(mirror, { ...at, rules: tagRulesOf(upstream, fork) })
  if (newer === null) return null
  return `${tag} is older than ${newer.tag}, which ${fork.branch} stands on already; a line never goes back.`
}

function noSuchTag(
  { tag, settings }: StepInput,
  { near, data }: { readonly near: string | null; readonly data: string | null },
): string {
  const reason = `There is no tag ${tag} in ${settings.upstream.git.url}.`
  if (near === null) return reason
  return `${reason} There is ${near}: \`${runCommand({ fork: settings.fork.name, tag: near, data })}\`.`
}
