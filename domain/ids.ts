const longestTag = 120

/** Workflow id of the feed watch of an upstream. */
export function watchId(upstream: string): string {
  return `watch/${upstream}`
}

/** Workflow id of the maintenance of one release for one line of one fork. Always below 255 characters. */
export function maintainId(fork: string, line: string, tag: string): string {
  return `maintain/${fork}/${line}/${encodeTag(tag)}`
}

/** Fork, line and the tag's segment of such an id. */
export function readMaintainId(id: string): {
  readonly fork: string
  readonly line: string
  readonly tag: string
} {
  const [, fork = '', line = '', tag = ''] = id.split('/')
  return { fork, line, tag }
}

/** Workflow id of moving the maintained branch to an attempt's candidate. */
export function promoteId(fork: string, line: string, tag: string): string {
  return `promote/${fork}/${line}/${encodeTag(tag)}`
}

/** One path segment that names the tag and no other: escaped, and cut with a digest where it is long. */
function encodeTag(tag: string): string {
  const escaped = encodeURIComponent(tag)
  if (escaped.length <= longestTag) return escaped
  return `${escaped.slice(0, longestTag - 17)}~${digest64(tag)}`
}

/** The same as a part of a ref name, which takes no `~`: no tag is a folder of another one there. */
export function refSegment(tag: string): string {
  return encodeTag(tag).replaceAll('~', '=')
}

/** A folder name for an attempt; no two attempts share one, because no segment of an id holds an `@`. */
export function attemptSlug(attemptId: string): string {
  return attemptId.replace(/^maintain\//, '').replaceAll('/', '@')
}

/** FNV-1a with 64 bits, as 16 hexadecimal digits: short, stable and free of Node's crypto, which workflows cannot load. */
function digest64(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const character of encodeURIComponent(text)) {
    hash ^= BigInt(character.charCodeAt(0))
    hash = (hash * 0x100000001b3n) & 0xffffffffffffffffn
  }
  return hash.toString(16).padStart(16, '0')
}
