import type { Bytes } from '../objects/bytes.ts'

/** How often each line stands in a text, or in several. */
export type Counts = ReadonlyMap<Bytes, number>

/** Adds the lines of a text to counts; what is no text has none. */
export function addLines(counts: Map<Bytes, number>, text: Bytes): void {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
}

/** Counts the lines of a text. */
export function countLines(text: Bytes): Counts {
  const counts = new Map<Bytes, number>()
  addLines(counts, text)
  return counts
}

/** Whether a line says something by itself: a brace or an empty line stands anywhere and proves nothing. */
export function saysSomething(line: Bytes): boolean {
  return /[\p{L}\p{N}\x80-\xff]/u.test(line)
}

/** Whether bytes are text to Git's eyes: no NUL in their beginning. */
export function isText(body: Bytes): boolean {
  return !body.slice(0, 8_000).includes('\0')
}
