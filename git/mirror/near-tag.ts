/**
 * The tag that was meant, most likely: the one that is the same but for what stands before its version (`1.4.0` for
 * `v1.4.0`, `rust-v1.4.0` for `v1.4.0`); null where there is none. Of several the shortest.
 */
export function nearTag(wanted: string, tags: readonly string[]): string | null {
  // A version does not begin in the middle of a number: `1.4.0` is not meant by `v11.4.0`.
  const isTail = (whole: string, end: string) =>
    whole.endsWith(end) && !/[\d.]$/.test(whole.slice(0, whole.length - end.length))
  const near = tags.filter((tag) => tag !== wanted && (isTail(tag, wanted) || isTail(wanted, tag)))
  const [first = null] = near.toSorted((one, other) => one.length - other.length || (one < other ? -1 : 1))
  return first
}
