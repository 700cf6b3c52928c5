import { stripVTControlCharacters } from 'node:util'

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * What a terminal shows in two columns: East Asian Wide and Fullwidth, in whole blocks, and emoji.
 * Source: Unicode Standard Annex #11. What it calls ambiguous counts as one column.
 */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2fb}\u{1f200}-\u{1f251}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u

/** How many columns of a terminal a text takes; colours take none. */
export function width(text: string): number {
  const bare = stripVTControlCharacters(text)
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length
  let columns = 0
  for (const { segment } of characters.segment(bare)) columns += columnsOf(segment)
  return columns
}

/** A text that takes at most so many columns, with `…` at the end where something was cut off. Has no colours. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let kept = ''
  let used = 1
  for (const { segment } of characters.segment(text)) {
    used += columnsOf(segment)
    if (used > columns) break
    kept += segment
  }
  return `${kept}…`
}

function columnsOf(character: string): number {
  if (wide.test(character)) return 2
  return /^[\p{Mn}\p{Me}\p{Cf}]*$/u.test(character) ? 0 : 1
}
