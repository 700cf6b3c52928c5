import type { Range } from './problem.ts'

const widest = 100

/** The line of the range with a marker under it and the line before, numbered from `line`; control characters are made visible. */
export function codeFrame(source: string, range: Range, line: number): string {
  const start = lineStart(source, range.start)
  const text = lineAt(source, start)
  const column = range.start - start
  const inLine = Math.min(range.end - range.start, text.trimEnd().length - column)
  const from = column > widest - 20 ? column - 40 : 0
  const width = String(line).length
  const row = (mark: string, number: number, shown: string) =>
    `${mark} ${String(number).padStart(width)} | ${visible(shown.slice(from, from + widest))}`.trimEnd()
  const before = start === 0 ? [] : [row(' ', line - 1, lineAt(source, lineStart(source, start - 1)))]
  const marker = '^'.repeat(Math.max(1, Math.min(inLine, widest - (column - from))))
  return [
    ...before,
    row('>', line, text),
    `  ${' '.repeat(width)} | ${' '.repeat(column - from)}${marker}`,
  ].join('\n')
}

/** Where the line begins that the offset is in. */
function lineStart(source: string, offset: number): number {
  return offset <= 0 ? 0 : source.lastIndexOf('\n', offset - 1) + 1
}

function lineAt(source: string, start: number): string {
  const end = source.indexOf('\n', start)
  return source.slice(start, end === -1 ? undefined : end)
}

/** Text of a file as it may stand on a terminal: one cell for each control character, which could move the cursor. */
export function visible(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '·')
}
