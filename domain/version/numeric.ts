import type { Scheme } from './scheme.ts'
import { atRelease, beforeRelease, numbersKey, suffixKey } from './sort-key.ts'

/** Whole numbers of any length. */
export const numeric: Scheme = {
  name: 'numeric',
  read: (text) => (/^\d+$/.test(text) ? { text, prerelease: false, key: numericKey([text], null) } : null),
  boundKey: numericKey,
}

/** Three places, so that a range's bound such as `2.0.0` finds its counterpart. */
function numericKey(numbers: readonly string[], suffix: string | null): string {
  return numbersKey(numbers, 3) + (suffix === null ? atRelease : beforeRelease + suffixKey(suffix))
}
