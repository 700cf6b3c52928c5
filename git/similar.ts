import type { Oid } from '../domain/patch.ts'
import type { Bytes } from './bytes.ts'
import type { Change } from './change.ts'
import { subjectOf } from './commit-object.ts'
import { changedLines, type Diff } from './differ.ts'
import { pathsOf } from './landed.ts'
import type { UpstreamRange } from './upstream-range.ts'
import type { Workshop } from './workshop.ts'

/** Older commits than these are not what made a patch stop applying. */
const mostCommits = 60
/** How alike two changes must be when their subjects differ, and when they are the same. */
const likeness = { anySubject: 0.65, cleanly: 0.8, sameSubject: 0.35 }
const fewWords = 5

/**
 * The upstream commit that looks like the patch landed with changes; null when none does. Never a proof: it is what a
 * person is asked about.
 */
export async function similarCommit(
  workshop: Workshop,
  change: Change,
  options: { readonly range: UpstreamRange; readonly appliesCleanly: boolean },
): Promise<Oid | null> {
  const paths = new Set(await pathsOf(workshop, change))
  const commits = (await options.range.touching([...paths])).slice(-mostCommits)
  const { objects } = workshop.quarantine
  const mine = novelWords(await workshop.plain.diff(change.before, change.after), paths)
  const scored = await Promise.all(
    commits.map(async (oid) => {
      const commit = await objects.commit(oid)
      const [parent] = commit.parents
      if (parent === undefined) return { oid, score: 0 }
      const diff = await workshop.plain.diff((await objects.commit(parent)).tree, commit.tree)
      const isNamesake = bareSubject(subjectOf(commit)) === bareSubject(change.patch.subject)
      const { anySubject, cleanly, sameSubject } = likeness
      const needed = isNamesake ? sameSubject : options.appliesCleanly ? cleanly : anySubject
      // A word or two in common is chance; only a conflict or the same subject makes it worth a question.
      if (options.appliesCleanly && !isNamesake && size(mine.added) < fewWords) return { oid, score: 0 }
      const score = alike(mine, novelWords(diff, paths))
      return { oid, score: score >= needed ? score : 0 }
    }),
  )
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a), { oid: '', score: 0 })
  return best.score > 0 ? best.oid : null
}

interface Novel {
  readonly added: ReadonlyMap<string, number>
  readonly removed: ReadonlyMap<string, number>
}

/** Words that a diff brings and words that it takes away; what it only moves says nothing. */
function novelWords(diff: Diff, paths: ReadonlySet<Bytes>): Novel {
  const balance = new Map<string, number>()
  for (const file of diff) {
    if (!paths.has(file.path)) continue
    for (const line of changedLines(file.text)) {
      const step = line.startsWith('+') ? 1 : -1
      for (const word of line.slice(1).match(/[\w\x80-\xff]+/g) ?? []) {
        balance.set(word, (balance.get(word) ?? 0) + step)
      }
    }
  }
  const added = new Map([...balance].filter(([, count]) => count > 0))
  const removed = new Map([...balance].flatMap(([word, count]) => (count < 0 ? [[word, -count]] : [])))
  return { added, removed }
}

/** Dice's coefficient over the words that are added; over those that are taken away where nothing is added. */
function alike(one: Novel, other: Novel): number {
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
