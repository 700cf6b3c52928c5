const longestKey = 24
const mostSeen = 1_050
const mostBytes = 32_000

/** A release as far as it is remembered: a pre-release that becomes a release is news. */
interface Seen {
  readonly tag: string
  readonly prerelease?: boolean | null
}

/** Marks what the feed called a pre-release. Git takes it in no tag. */
const prereleaseMark = '*'

/** The releases that are not among the remembered ones. */
export function unseenOf<T extends Seen>(releases: readonly T[], seen: readonly string[]): readonly T[] {
  const known = new Set(seen)
  return releases.filter((release) => !known.has(seenKey(release)))
}

/** What is remembered without some tags: they are news when they return. */
export function forgetSeen(seen: readonly string[], tags: readonly string[]): readonly string[] {
  const gone = new Set(tags.map(tagKey))
  return gone.size === 0 ? seen : seen.filter((key) => !gone.has(unmarked(key)))
}

/**
 * Adds releases to what was seen, newest last, and forgets the oldest where it grows too long.
 * Invariant: at most 32 KB. Forgetting is safe: a forgotten release is older than the baseline and is skipped as such.
 */
export function rememberSeen(
  seen: readonly string[],
  releases: readonly Seen[],
  options: { readonly bytes: number } = { bytes: mostBytes },
): readonly string[] {
  const fresh = new Map(releases.map((release) => [tagKey(release.tag), seenKey(release)]))
  const all = [...seen.filter((key) => !fresh.has(unmarked(key))), ...fresh.values()].slice(-mostSeen)
  // A key is plain ASCII: it weighs its length, two quotes and a comma, and a little more where it holds a quote itself.
  let left = Math.min(options.bytes, mostBytes)
  const tooMuch = all.findLastIndex((key) => {
    left -= JSON.stringify(key).length + 1
    return left < 0
  })
  return all.slice(tooMuch + 1)
}

function seenKey({ tag, prerelease }: Seen): string {
  return prerelease === true ? `${tagKey(tag)}${prereleaseMark}` : tagKey(tag)
}

function unmarked(key: string): string {
  return key.endsWith(prereleaseMark) ? key.slice(0, -prereleaseMark.length) : key
}

/** The tag itself where it is short and plain, else its beginning and a digest: what is remembered has a bounded size. */
function tagKey(tag: string): string {
  if (tag.length <= longestKey && /^[!-~]*$/.test(tag)) return tag
  return `${tag.slice(0, 6).replaceAll(/[^!-~]/g, '?')}~${digest64(tag)}`
}

/** Two FNV-1a runs of 32 bits each with different starts: a workflow can run it, and 10,000 long tags take no time. */
function digest64(text: string): string {
  let low = 0x811c9dc5
  let high = 0x01000193
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul((high ^ unit) + 0x9e3779b9, 0x85ebca6b) ^ (high >>> 13)
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
