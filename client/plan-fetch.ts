import { UndriftError } from '../domain/errors.ts'
import { tagRulesOf } from '../domain/lines/line-rules.ts'
import { listReleases } from '../domain/list-releases.ts'
import type { Oid } from '../domain/patch.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { publishRemotes, sourceRemote } from '../domain/source-remote.ts'
import { newerBase } from '../git/integrity/newer-base.ts'
import { takeReachable } from '../git/ledger/take-published.ts'
import { fetchFork, fetchUpstream } from '../git/mirror/fetch.ts'
import { listRemote } from '../git/mirror/remote.ts'
import { tagPlaces } from '../git/mirror/tag-places.ts'
import type { Mirror } from '../git/types.ts'
import { accessTo } from './remote-access.ts'

/** What a plan of the config stands on. */
export interface FetchedForPlan {
  readonly tag: string
  /** The release's commit. */
  readonly onto: Oid
  /** The maintained branch's. */
  readonly head: Oid
  /** Why an attempt would leave the release out all the same; null where it would not. */
  readonly leftOut: string | null
}

/**
 * Fetches what a plan stands on, as an attempt would now: the release that is named, else the newest that the line's
 * rules take; the maintained branch; what other machines published. Throws UNDRIFT_E_NOT_FOUND, and what `listRemote` throws.
 */
export async function fetchForPlan(
  mirror: Mirror,
  { upstream, fork }: AttemptSettings,
  options: { readonly tag: string | undefined; readonly env: NodeJS.ProcessEnv },
): Promise<FetchedForPlan> {
  const { env } = options
  const access = accessTo(upstream.git, env)
  const newest = async () => {
    const tags = (await listRemote(mirror, access, ['refs/tags/*'])).map(({ ref }) =>
      ref.slice('refs/tags/'.length),
    )
    const rules = tagRulesOf(upstream, fork)
    const places = rules.scheme === 'commit' ? (await tagPlaces(access)).places : null
    return listReleases(tags, rules, { positionOf: (tag) => places?.get(tag) ?? null }).newest
  }
  const tag = options.tag ?? (await newest())
  if (tag === null) {
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `${upstream.name} has no release that the rules take.`, {
      hint: `See why with \`undrift releases ${upstream.name}\`.`,
    })
  }
  let there: ReadonlySet<string> | undefined
  const fetched = await fetchUpstream(mirror, access, {
    tag,
    onTags: (tags) => {
      there = tags
    },
  })
  if (fetched.kind === 'no-such-tag') {
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `There is no tag ${tag} in ${upstream.git.url}.`, {
      hint:
        fetched.near === null
          ? `See what there is with \`undrift releases ${upstream.name}\`.`
          : `Did you mean \`${fetched.near}\`?`,
    })
  }
  if (fetched.kind !== 'ok') {
    const what = fetched.kind === 'tag-moved' ? 'is not what was seen first' : 'does not name a commit'
    throw new UndriftError('UNDRIFT_E_REFUSED', `The tag ${tag} of ${upstream.name} ${what}.`)
  }
  const source = sourceRemote(fork)
  const branch = await fetchFork(mirror, accessTo(source, env), { fork: fork.name, branch: fork.branch })
  if (branch.kind !== 'ok') {
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `There is no branch ${fork.branch} in ${source.url}.`, {
      hint: `Mend \`branch\` of the fork ${fork.name} in the config.`,
    })
  }
  if (fork.publish.ledger === true) {
    const accesses = publishRemotes(fork).map((remote) => () => accessTo(remote, env))
    await takeReachable(mirror, accesses, { fork: fork.name, line: fork.line })
  }
  const { release } = fetched
  const { head } = branch
  const newer = await newerBase(mirror, {
    head,
    release,
    rules: tagRulesOf(upstream, fork),
    ...(there && { there }),
  })
  const leftOut =
    newer === null
      ? null
      : `${tag} is older than ${newer.tag}, which ${fork.branch} stands on already: an attempt leaves it out.`
  return { tag, onto: release.commit, head, leftOut }
}
