/**
 * Pieces of a sort key. A key is read from left to right, and a key that ends first is the lower one;
 * the markers lie below every character that a tag may hold.
 */
const endOfText = '\u0001'

/** Marks a pre-release: below the release of the same numbers. */
export const beforeRelease = '\u0002'

/** Marks the release itself. */
export const atRelease = '\u0003'

const numberMark = '\u0005'
const textMark = '\u0006'

/** A whole number of any length, from its digits; leading zeros do not count. */
export function numberKey(digits: string): string {
  const significant = digits.replace(/^0+(?=.)/, '')
  return String.fromCharCode(0x100 + significant.length) + significant
}

/** A piece of text that may be followed by more pieces. */
export function textKey(text: string): string {
  return text + endOfText
}

/** One identifier of a list: whole numbers come before words, as in Semantic Versioning 2.0.0, 11.4.3. */
export function identifierKey(identifier: string): string {
  return /^\d+$/.test(identifier) ? numberMark + numberKey(identifier) : textMark + textKey(identifier)
}
