import { byteLength } from '../byte-length.ts'
import type { LineKey, SkippedByLines } from '../watch.ts'

/** What some lines left out just now. */
export interface LeftOut {
  readonly lines: readonly LineKey[]
  readonly tag: string
  readonly reason: string
}

const mostRows = 50
const mostLines = 5
const longestText = 120
const mostBytes = 12_000

/**
 * Adds what lines left out to the known rows, newest last; bounded in number and bytes.
 * Invariant: the same array when every row stands there already.
 */
export function addSkipped(
  known: readonly SkippedByLines[],
  added: readonly LeftOut[],
  lineCount: number,
): readonly SkippedByLines[] {
  const rows = new Map(known.map((row) => [keyOf(row), row]))
  const groups = Map.groupBy(added, keyOf)
  let changed = false
  for (const [key, group] of groups) {
    const lines = group.flatMap((row) => row.lines)
    const [{ tag, reason }] = group as [LeftOut]
    const before = rows.get(key)
    const all = lines.length >= lineCount
    const names = [...new Set([...(before?.lines ?? []), ...lines])].slice(0, mostLines)
    if (before && (!before.lines || (!all && names.length === before.lines.length))) continue
    rows.set(key, { tag: shorten(tag), reason: shorten(reason), ...(all ? {} : { lines: names }) })
    changed = true
  }
  return changed ? bounded([...rows.values()].slice(-mostRows)) : known
}

function bounded(rows: readonly SkippedByLines[]): readonly SkippedByLines[] {
  let bytes = 0
  const tooMuch = rows.findLastIndex((row) => {
    bytes += byteLength(JSON.stringify(row)) + 1
    return bytes > mostBytes
  })
  return rows.slice(tooMuch + 1)
}

function keyOf({ tag, reason }: { readonly tag: string; readonly reason: string }): string {
  return `${shorten(tag)}\n${shorten(reason)}`
}

function shorten(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`
}
