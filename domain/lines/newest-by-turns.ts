/** Of several lists, newest first, as many names as may be kept: by turns, so that no list crowds out another. */
export function newestByTurns(lists: readonly (readonly string[])[], most: number): ReadonlySet<string> {
  const kept = new Set<string>()
  const deepest = lists.reduce((longest, { length }) => Math.max(longest, length), 0)
  for (let rank = 0; rank < deepest && kept.size < most; rank++) {
    for (const list of lists) {
      const name = list[rank]
      if (name !== undefined && kept.size < most) kept.add(name)
    }
  }
  return kept
}
