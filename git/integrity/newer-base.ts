import type { Oid } from '../../domain/patch.ts'
import type { PinnedRelease } from '../../domain/release.ts'
import type { TagRules } from '../../domain/settings.ts'
import { orderByCommit } from '../../domain/version/order-by-commit.ts'
import { tagReader } from '../../domain/version/tag-reader.ts'
import { compareVersions, type Version } from '../../domain/version/version.ts'
import { withGuardedExpressions } from '../guarded-expressions.ts'
import { assertOid } from '../mirror/queries.ts'
import { readRef } from '../mirror/refs.ts'
import { readCommits, readHistory } from '../mirror/tag-source.ts'
import { git } from '../process/command.ts'
import type { Mirror } from '../types.ts'

export interface StandingQuery {
  /** The maintained branch's commit. */
  readonly head: Oid
  readonly release: PinnedRelease
  readonly rules: TagRules
  /** The tags that upstream has; the mirror keeps those that were deleted, and they bound no line. All when left out. */
  readonly there?: ReadonlySet<string>
}

interface StandingTag {
  readonly tag: string
  readonly commit: Oid
  readonly version: Version
}

/** A line that stands on more branches of upstream than this many at once is none that anybody keeps. */
const mostLooks = 20

/**
 * The newer version that a branch stands on already, where there is one: a release that its history holds and no other
 * release after it. A newer version further down, such as an early pre-release that upstream's main branch has passed
 * since, is not what it stands on. Null for a tag that the rules cannot read: then nothing can be said.
 */
export async function newerBase(mirror: Mirror, query: StandingQuery): Promise<StandingTag | null> {
  const { head, release } = query
  assertOid(head)
  const read = await readerOf(mirror, query.rules)
  const [wanted] = read([{ tag: release.tag, commit: release.commit }])
  if (wanted === undefined) return null
  const isThere = ({ tag }: StandingTag) => query.there?.has(tag) ?? true
  const held = read(await tagsIn(mirror, [`--merged=${head}`])).filter(isThere)
  const newer = held.filter(
    (each) => each.commit !== release.commit && compareVersions(each.version, wanted.version) > 0,
  )
  return standingOn(mirror, { head, read: (tags) => read(tags).filter(isThere), held: newestFirst(newer) })
}

function newestFirst(tags: readonly StandingTag[]): readonly StandingTag[] {
  return tags.toSorted((one, other) => compareVersions(other.version, one.version))
}

/** The first of these tags that no other release on the branch follows; null where there is none. */
async function standingOn(
  mirror: Mirror,
  {
    head,
    read,
    held,
  }: {
    readonly head: Oid
    readonly read: (tags: readonly Omit<StandingTag, 'version'>[]) => readonly StandingTag[]
    readonly held: readonly StandingTag[]
  },
): Promise<StandingTag | null> {
  for (const each of held.slice(0, mostLooks)) {
    const above = await tagsIn(mirror, [`--merged=${head}`, `--contains=${each.commit}`])
    if (read(above).every(({ commit }) => commit === each.commit)) return each
  }
  return null
}

/** The newest version that a branch stands on, as the mirror has it; null where its history holds none that can be read. */
export async function baseOf(
  mirror: Mirror,
  { head, rules, there }: Pick<StandingQuery, 'head' | 'rules' | 'there'>,
): Promise<PinnedRelease | null> {
  assertOid(head)
  const reader = await readerOf(mirror, rules)
  const read = (tags: Parameters<typeof reader>[0]) =>
    reader(tags).filter(({ tag }) => there?.has(tag) ?? true)
  const held = read(await tagsIn(mirror, [`--merged=${head}`]))
  const newest = await standingOn(mirror, { head, read, held: newestFirst(held) })
  if (newest === null) return null
  const { tag, commit } = newest
  return { tag, commit, tagObject: (await readRef(mirror, `refs/upstream/tags/${tag}`)) ?? commit }
}

/** Reads every tag that names a version at all: a line's range and its wish for pre-releases choose, and do not order. */
async function readerOf(mirror: Mirror, rules: TagRules) {
  const { range: _, ...order } = { ...rules, prereleases: true }
  const places = order.scheme === 'commit' ? await placesIn(mirror) : null
  const positionOf = (tag: string) => places?.get(tag) ?? null
  return (tags: readonly Omit<StandingTag, 'version'>[]): StandingTag[] =>
    withGuardedExpressions((exec) => {
      const reader = tagReader(order, { exec, positionOf })
      return tags.flatMap((each) => {
        const reading = reader(each.tag)
        return reading.kind === 'version' ? [{ ...each, version: reading.version }] : []
      })
    })
}

/** Where upstream's tags in the mirror stand among each other by their commits, oldest first. */
async function placesIn(mirror: Mirror): Promise<ReadonlyMap<string, number>> {
  const tags = (await tagsIn(mirror, [])).map(({ tag, commit }) => ({
    tag,
    tagObject: commit,
    target: commit,
  }))
  const commits = await readCommits(mirror, tags)
  const found = new Set(commits.map(({ tag }) => tag))
  const history = await readHistory(
    mirror,
    tags.filter(({ tag }) => found.has(tag)),
  )
  return new Map(orderByCommit(commits, history).map((tag, index) => [tag, index]))
}

async function tagsIn(
  mirror: Mirror,
  filters: readonly string[],
): Promise<readonly Omit<StandingTag, 'version'>[]> {
  const format = '%(objectname) %(*objectname) %(refname:lstrip=3)'
  const answer = await git(mirror, [
    'for-each-ref',
    `--format=${format}`,
    ...filters,
    '--',
    'refs/upstream/tags',
  ])
  return answer.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [oid = '', peeled = '', ...tag] = line.split(' ')
      return { tag: tag.join(' '), commit: peeled || oid }
    })
}
