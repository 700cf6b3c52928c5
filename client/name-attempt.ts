import { type AttemptRow, decodeTag } from './attempts.ts'

/** What a person's word for an attempt came to. */
export type Naming<T> =
  | { readonly kind: 'one'; readonly attempt: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly attempts: readonly T[] }

type Named = { readonly row: Pick<AttemptRow, 'id' | 'fork' | 'line' | 'tag'> }

/**
 * Finds the attempt that a word means: its workflow id, `<fork>@<tag>`, `<fork>/<line>@<tag>`, its tag, or a part of
 * its id. The more exact way wins, so that `v1.2` names v1.2 although v1.2.1 is there, too.
 */
export function nameAttempt<T extends Named>(attempts: readonly T[], word: string): Naming<T> {
  const ways: readonly ((row: Named['row']) => boolean)[] = [
    (row) => row.id === word || decodeTag(row.id) === word,
    (row) => `${row.fork}@${row.tag}` === word || `${row.fork}/${row.line}@${row.tag}` === word,
    (row) => row.tag === word,
    (row) =>
      row.id.includes(word) || decodeTag(row.id).includes(word) || `${row.fork}@${row.tag}`.includes(word),
  ]
  for (const way of ways) {
    const found = attempts.filter((attempt) => way(attempt.row))
    const [first] = found
    if (first !== undefined) {
      return found.length === 1 ? { kind: 'one', attempt: first } : { kind: 'several', attempts: found }
    }
  }
  return { kind: 'none' }
}

/** Fork, line and tag of `<fork>@<tag>` or `<fork>/<line>@<tag>`; null for any other word. */
export function splitShortName(word: string): Pick<AttemptRow, 'fork' | 'line' | 'tag'> | null {
  const match = /^([^/@]+)(?:\/([^/@]+))?@(.+)$/s.exec(word)
  if (match === null) return null
  const [, fork = '', line = 'main', tag = ''] = match
  return { fork, line, tag }
}
