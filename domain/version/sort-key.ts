/**
 * Pieces of a sort key. A key is read from left to right, and a key that ends first is the lower one;
 * the markers lie below every character that stands for itself.
 */
const endOfText = '\u0001'

/** Marks a pre-release: below the release of the same numbers. */
export const beforeRelease = '\u0002'

/** Marks the release itself. */
export const atRelease = '\u0003'

/** Marks build metadata that counts: below every further identifier of a pre-release. */
export const buildMark = '\u0004'

const numberMark = '\u0005'
const textMark = '\u0006'

/** A whole number of any length, from its digits; leading zeros do not count, and no digits are zero. */
export function numberKey(digits: string): string {
  const significant = digits.replace(/^0+/, '')
  const length = significant.length
  return String.fromCharCode(0x100 + Math.floor(length / 0x8000), 0x100 + (length % 0x8000)) + significant
}

/** A fixed count of numbers; missing ones are 0. */
export function numbersKey(numbers: readonly string[], count: number): string {
  return Array.from({ length: count }, (_, index) => numberKey(numbers[index] ?? '0')).join('')
}

/** A piece of text that may be followed by more pieces. */
export function textKey(text: string): string {
  return text + endOfText
}

/** One identifier of a list: whole numbers come before words, as in Semantic Versioning 2.0.0, 11.4.3. */
export function identifierKey(identifier: string): string {
  return /^\d+$/.test(identifier) ? numberMark + numberKey(identifier) : textMark + textKey(identifier)
}

/** A suffix in which runs of digits count as numbers and separators do not count: `rc1`, `rc.1` and `RC-1` are alike. */
export function suffixKey(suffix: string): string {
  const runs = suffix.toLowerCase().match(/\d+|[a-z]+/g) ?? []
  return runs.map(identifierKey).join('')
}
