import { byteLength } from './byte-length.ts'

/** What a Keyword of the server's list surely takes, in bytes: it is an indexed column of 255. */
const longestRowText = 255

/** A text as one line that fits into a row of the server's list; a longer one is cut at a character and ends in `…`. */
export function rowText(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  if (byteLength(line) <= longestRowText) return line
  let kept = ''
  let left = longestRowText - byteLength('…')
  for (const character of line) {
    left -= byteLength(character)
    if (left < 0) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}
