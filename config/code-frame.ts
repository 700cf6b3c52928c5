import type { Range } from './problem.ts'

const widest = 100

/** The line of the range with a marker under it and the line before, numbered; control characters are made visible. */
export function codeFrame(source: string, range: Range): string {
  const lines = source.split('\n')
  const before = source.slice(0, range.start).split('\n')
  const row = before.length - 1
  const column = before.at(-1)?.length ?? 0
  const line = lines[row] ?? ''
  const inLine = Math.min(range.end - range.start, line.trimEnd().length - column)
  const from = column > widest - 20 ? column - 40 : 0
  const width = String(row + 1).length
  const shown = [row - 1, row]
    .filter((number) => number >= 0)
    .map((number) => {
      const mark = number === row ? '>' : ' '
      return `${mark} ${String(number + 1).padStart(width)} | ${visible((lines[number] ?? '').slice(from, from + widest))}`.trimEnd()
    })
  const marker = '^'.repeat(Math.max(1, Math.min(inLine, widest - (column - from))))
  return [...shown, `  ${' '.repeat(width)} | ${' '.repeat(column - from)}${marker}`].join('\n')
}

/** Text of a file as it may stand on a terminal: one cell for each control character, which could move the cursor. */
export function visible(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '·')
}
