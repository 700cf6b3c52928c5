import { UndriftError } from '../domain/errors.ts'
import { contains, fetchFork, fetchUpstream, type Mirror, openMirror, takePublished } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { workerPlace } from './place.ts'
import { accessTo } from './secrets.ts'
import { publishRemotes, sourceRemote } from './source-remote.ts'
import type { StepContext } from './step.ts'
import type { FetchResult, StepInput } from './types.ts'

/** Brings the release and the maintained branch into the mirror, and pins both to object ids. */
export async function fetchRelease(
  input: StepInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<FetchResult> {
  const { upstream, fork } = input.settings
  const worker = workerPlace(deps)
  const mirror = await openMirror({ path: deps.data.mirrorOf(upstream.name), signal: step.signal })
  step.report({ done: 0, total: 2, what: `fetching ${upstream.name}` })
  const release = await fetchUpstream(mirror, accessTo(upstream.git, deps), { tag: input.tag })
  switch (release.kind) {
    case 'no-such-tag':
      return { kind: 'blocked', reason: `There is no tag ${input.tag} in ${upstream.git.url}.`, worker }
    case 'not-a-commit':
      return { kind: 'blocked', reason: `The tag ${input.tag} does not name a commit.`, worker }
    case 'tag-moved':
      return { kind: 'tag-moved', before: release.before.tagObject, after: release.after.tagObject, worker }
    case 'ok':
  }
  step.report({ done: 1, total: 2, what: `fetching ${fork.name}` })
  const source = sourceRemote(fork)
  const branch = await fetchFork(mirror, accessTo(source, deps), { fork: fork.name, branch: fork.branch })
  if (branch.kind === 'no-such-branch') {
    return { kind: 'blocked', reason: `There is no branch ${fork.branch} in ${source.url}.`, worker }
  }
  await takeInPublished(mirror, input, deps)
  const contained = await contains(mirror, {
    ancestor: release.release.commit,
    descendant: branch.head,
  })
  return { kind: 'ready', release: release.release, stackHead: branch.head, contained, worker }
}

/**
 * Takes in how other machines settled conflicts of this line, and what they recorded, where the config publishes that. A
 * remote that cannot be read is named when the ledger is published; it is no reason not to begin.
 */
async function takeInPublished(mirror: Mirror, input: StepInput, deps: ActivityDeps): Promise<void> {
  const { fork } = input.settings
  if (fork.publish.ledger !== true) return
  for (const remote of publishRemotes(fork)) {
    try {
      await takePublished(mirror, accessTo(remote, deps), { fork: fork.name, line: fork.line })
    } catch (error) {
      mirror.signal?.throwIfAborted()
      if (!(error instanceof UndriftError)) throw error
    }
  }
}
