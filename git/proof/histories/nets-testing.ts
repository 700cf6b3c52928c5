import type { Word } from './states-testing.ts'

/** Files of a tree as a replay made it. */
export type Contents = ReadonlyMap<string, readonly Word[]>

/** Words that a change adds and removes. */
export interface Net {
  readonly added: ReadonlySet<Word>
  readonly removed: ReadonlySet<Word>
}

/** What makes the second set of the first. */
export function netOfSets(before: ReadonlySet<Word>, after: ReadonlySet<Word>): Net {
  return {
    added: new Set([...after].filter((word) => !before.has(word))),
    removed: new Set([...before].filter((word) => !after.has(word))),
  }
}

/** The same of files in which a word may stand several times. */
export function netBetween(before: ReadonlyMap<Word, number>, after: ReadonlyMap<Word, number>): Net {
  const more = (one: ReadonlyMap<Word, number>, two: ReadonlyMap<Word, number>) =>
    new Set([...one].filter(([word, count]) => count > (two.get(word) ?? 0)).map(([word]) => word))
  return { added: more(after, before), removed: more(before, after) }
}

/** Two changes as one. */
export function together(one: Net, two: Net): Net {
  const added = new Set([...one.added].filter((word) => !two.removed.has(word)))
  const removed = new Set([...one.removed].filter((word) => !two.added.has(word)))
  for (const word of two.added) if (!one.removed.has(word)) added.add(word)
  for (const word of two.removed) if (!one.added.has(word)) removed.add(word)
  return { added, removed }
}

/** What one change does and another does not, in words; nothing where they are the same. */
export function difference(wanted: Net, made: Net): string {
  const parts = (['added', 'removed'] as const).flatMap((what) => {
    const missing = [...wanted[what]].filter((word) => !made[what].has(word))
    const more = [...made[what]].filter((word) => !wanted[what].has(word))
    return [
      ...(missing.length > 0 ? [`${missing.join(' ')} is not ${what}`] : []),
      ...(more.length > 0 ? [`${more.join(' ')} is ${what}, too`] : []),
    ]
  })
  return parts.join('; ')
}

/** How often each word stands in some files. */
export function countWords(contents: Contents): ReadonlyMap<Word, number> {
  const counts = new Map<Word, number>()
  for (const word of [...contents.values()].flat()) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
