import { stripVTControlCharacters } from 'node:util'
import { harmlessLine } from '../../../domain/outside-text.ts'
import { cut, width } from './width.ts'

/** Lines with their cells aligned in columns, two spaces apart; colours do not count. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, width(cell))
    })
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The narrowest that a column is made. */
const narrowest = 8

/**
 * The same within so many columns of a terminal: the widest of the columns that may be shortened gives way, and loses its
 * colours where something is cut off.
 */
function fittedTable(
  rows: readonly (readonly string[])[],
  { columns, shorten }: { readonly columns: number; readonly shorten: readonly number[] },
): string {
  const widest = (column: number) => Math.max(0, ...rows.map((row) => width(row[column] ?? '')))
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) => widest(column))
  const total = () => widths.reduce((sum, one) => sum + one + 2, -2)
  while (total() > columns) {
    const [first] = shorten.toSorted((left, right) => (widths[right] ?? 0) - (widths[left] ?? 0))
    if (first === undefined || (widths[first] ?? 0) <= narrowest) break
    widths[first] = (widths[first] ?? 0) - 1
  }
  const fitted = (cell: string, column: number) => {
    const most = widths[column] ?? 0
    return width(cell) <= most ? cell : cut(stripVTControlCharacters(cell), most)
  }
  return table(rows.map((row) => row.map(fitted)))
}

/**
 * Rows of a name and words about it within so many columns of a terminal. Names stay whole: columns that may be dropped go,
 * the first of the list first, and then the words stand below the name. Only one that no line holds is cut.
 */
export function namedRows(
  rows: readonly (readonly string[])[],
  {
    columns,
    drop,
    names,
  }: { readonly columns: number; readonly drop: readonly number[]; readonly names: readonly number[] },
): readonly string[] {
  for (let dropped = 0; dropped <= drop.length; dropped++) {
    const gone = new Set(drop.slice(0, dropped))
    const lines = table(rows.map((row) => row.filter((_, column) => !gone.has(column)))).split('\n')
    if (lines.every((line) => width(line) <= columns)) return lines
  }
  if (rows.some((row) => names.some((column) => width(row[column] ?? '') > columns))) {
    return fittedTable(rows, { columns, shorten: names }).split('\n')
  }
  const gone = new Set(drop)
  return rows.map(([name = '', ...words]) => {
    const kept = words.filter((_, index) => !gone.has(index + 1))
    const below = `      ${kept.join('  ')}`
    return `${name}\n${width(below) <= columns ? below : cut(stripVTControlCharacters(below), columns)}`
  })
}

/** Every line of a text, moved to the right. */
export function indent(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(columns))
}

/** Text of others, made harmless for whoever prints it, on one line. Keeps its indentation. */
export function oneLine(text: string): string {
  return harmless(text).replaceAll('\t', ' ').trimEnd()
}

/** The same for a line of content, in which tabs and blanks at the end count. */
export function harmless(text: string): string {
  return harmlessLine(text)
}

const widestSubject = 72

/** A subject as long as Git's own advice has it, so that one long one does not push the other columns away. */
export function shortened(subject: string): string {
  return cut(subject, widestSubject)
}
