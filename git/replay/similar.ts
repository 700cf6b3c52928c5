import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { subjectOf } from '../objects/commit-object.ts'
import type { Change } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { pathsOf } from './arrivals.ts'
import { type NovelWords, novelWords } from './novel-words.ts'
import type { Workshop } from './workshop.ts'

/** Older commits than these are not what made a patch stop applying. */
const mostCommits = 60
/** How alike two changes must be when their subjects differ, and when they are the same. */
const likeness = { anySubject: 0.65, cleanly: 0.8, sameSubject: { clashed: 0.35, applied: 0.5 } }
const fewWords = 5

/**
 * The upstream commit that looks like the patch landed with changes; null when none does. Never a proof: it is what a
 * person is asked about.
 */
export async function similarCommit(
  workshop: Workshop,
  change: Change,
  options: SimilarOptions,
): Promise<Oid | null> {
  const paths = new Set(await pathsOf(workshop, change))
  const commits = (await options.range.touching([...paths])).slice(-mostCommits)
  let best: { readonly oid: Oid; readonly score: number } | null = null
  let own: Promise<NovelWords> | null = null
  const mine = () => {
    own ??= novelWords(workshop, change, paths)
    return own
  }
  for (const oid of commits) {
    options.signal?.throwIfAborted()
    const score = await likenessTo(workshop, change, { oid, paths, fit: options.fit, mine })
    if (score > (best?.score ?? 0)) best = { oid, score }
  }
  return best?.oid ?? null
}

export interface SimilarOptions {
  readonly range: UpstreamRange
  /** How well the patch applied: the better, the less a likeness means. */
  readonly fit: 'clashed' | 'merged' | 'unchanged'
  /** Ends the search, which then throws its reason. */
  readonly signal?: AbortSignal
}

async function likenessTo(
  workshop: Workshop,
  change: Change,
  to: {
    readonly oid: Oid
    readonly paths: ReadonlySet<Bytes>
    readonly fit: SimilarOptions['fit']
    /** What the change itself brings; read once, however many commits it is held against. */
    readonly mine: () => Promise<NovelWords>
  },
): Promise<number> {
  const { objects } = workshop.quarantine
  const commit = await objects.commit(to.oid)
  const [parent] = commit.parents
  if (parent === undefined) return 0
  const isNamesake = bareSubject(subjectOf(commit)) === bareSubject(change.patch.subject)
  if (to.fit === 'unchanged' && !isNamesake) return 0
  const [mine, theirs] = await Promise.all([
    to.mine(),
    novelWords(workshop, { before: (await objects.commit(parent)).tree, after: commit.tree }, to.paths),
  ])
  // A word or two in common is chance; only a clash or the same name makes it worth a question.
  if (to.fit === 'merged' && !isNamesake && size(mine.added) < fewWords) return 0
  const needed = isNamesake
    ? likeness.sameSubject[to.fit === 'clashed' ? 'clashed' : 'applied']
    : to.fit === 'clashed'
      ? likeness.anySubject
      : likeness.cleanly
  const score = alike(mine, theirs)
  return score >= needed ? score : 0
}

/** Dice's coefficient over the words that are added; over those that are taken away where nothing is added. */
function alike(one: NovelWords, other: NovelWords): number {
  const [mine, yours] = one.added.size > 0 ? [one.added, other.added] : [one.removed, other.removed]
  const total = size(mine) + size(yours)
  return total === 0 ? 0 : (2 * common(mine, yours)) / total
}

function common(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  return [...one].reduce((sum, [word, count]) => sum + Math.min(count, other.get(word) ?? 0), 0)
}

function size(words: ReadonlyMap<string, number>): number {
  return [...words.values()].reduce((sum, count) => sum + count, 0)
}

/** The subject without our markers and without what forges append. */
function bareSubject(subject: string): string {
  return subject
    .replace(/^UPSTREAM:(?: *[^:]+:)?/, '')
    .replace(/\(#\d+\)\s*$/, '')
    .trim()
    .toLowerCase()
}
