const opening = /^<{7,}(?: |\r?$)/gm
const middle = /^\|{7,}(?: |\r?$)/gm
const closing = /^>{7,}(?: |\r?$)/gm

/**
 * Whether a text holds conflict markers that a merge put there. Some files speak of markers themselves (tests, guides):
 * as many as one of the `sides` has may stay. A line of `=======` alone says nothing; it underlines headings.
 */
export function holdsMarkers(content: Uint8Array, sides: readonly Uint8Array[]): boolean {
  const text = asText(content)
  const originals = sides.map(asText)
  return [opening, middle, closing].some((marker) => {
    const allowed = Math.max(0, ...originals.map((original) => count(original, marker)))
    return count(text, marker) > allowed
  })
}

function count(text: string, marker: RegExp): number {
  return text.match(marker)?.length ?? 0
}

function asText(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1')
}
