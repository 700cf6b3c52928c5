/** Whether a path, from the top of the repository and without a slash first, fits a pattern. */
export type PathMatcher = (path: string) => boolean

/** One character of a segment, or any number of them. */
type Token = { readonly kind: 'star' } | { readonly kind: 'one'; readonly fits: (char: string) => boolean }

/** A folder or file name of a pattern; null for `**`. */
type Segment = readonly Token[] | null

const star: Token = { kind: 'star' }

/** What is wrong with a pattern, as a clause; null for nothing. */
export function globProblem(pattern: string): string | null {
  if (pattern.trim() === '') return 'the pattern is empty'
  if (pattern.startsWith('/')) return 'the pattern begins with a slash'
  if (pattern.endsWith('/')) return 'the pattern ends with a slash'
  if (/\p{Cc}/u.test(pattern)) return 'the pattern has a control character in it'
  const names = pattern.split('/')
  if (names.includes('..') || names.includes('.')) return 'the pattern has `.` or `..` as a folder in it'
  if (names.includes('')) return 'the pattern has two slashes in a row'
  if (names.some((name) => name.toLowerCase() === '.git')) return 'the pattern leads into `.git`'
  if (names.some((name) => name !== '**' && /\*\*/.test(name.replace(/\\./g, '')))) {
    return 'the pattern has `**` as a part of a name'
  }
  return names.some((name) => readSegment(name) === undefined)
    ? 'the pattern has an open `[` or `\\` in it'
    : null
}

/**
 * Reads a pattern as Git reads a `:(glob)` pathspec: it names whole paths from the top; `*`, `?` and `[…]` stay within
 * one name, and `**` as a whole name stands for any folders. Takes time in proportion to pattern times path.
 */
export function globMatcher(pattern: string): PathMatcher {
  const segments = pattern.split('/').map((name) => readSegment(name) as Segment)
  const last = segments.length - 1
  return (path) => {
    const names = path.split('/')
    // The names that the segments so far may have used up, as a set: no pattern makes it grow.
    let reached = new Set([0])
    for (const [index, segment] of segments.entries()) {
      reached = new Set([...reached].flatMap((at) => after(segment, names, { at, isLast: index === last })))
    }
    return reached.has(names.length)
  }
}

/** Where a segment may lead from a name; `**` at the end stands for one name at least. */
function after(
  segment: Segment,
  names: readonly string[],
  { at, isLast }: { readonly at: number; readonly isLast: boolean },
): readonly number[] {
  if (segment === null) {
    const first = isLast ? at + 1 : at
    return [...names.keys(), names.length].filter((each) => each >= first)
  }
  const name = names[at]
  return name !== undefined && fitsName(segment, [...name]) ? [at + 1] : []
}

/** Goes back to the last star only: what an earlier one took is enough for all that follows it. */
function fitsName(tokens: readonly Token[], chars: readonly string[]): boolean {
  let [token, char, backToken, backChar] = [0, 0, -1, 0]
  while (char < chars.length) {
    const now = tokens[token]
    if (now?.kind === 'star') {
      ;[backToken, backChar] = [token, char]
      token += 1
    } else if (now?.fits(chars[char] as string)) {
      token += 1
      char += 1
    } else if (backToken !== -1) {
      backChar += 1
      ;[token, char] = [backToken + 1, backChar]
    } else return false
  }
  return tokens.slice(token).every(({ kind }) => kind === 'star')
}

/** Undefined for a name with an open bracket or a lone backslash. */
function readSegment(name: string): Segment | undefined {
  if (name === '**') return null
  const chars = [...name]
  const tokens: Token[] = []
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] as string
    if (char === '*') tokens.push(star)
    else if (char === '?') tokens.push({ kind: 'one', fits: () => true })
    else if (char === '[') {
      const read = readClass(chars, at + 1)
      if (!read) return undefined
      tokens.push({ kind: 'one', fits: read.fits })
      at = read.end
    } else {
      if (char === '\\') at += 1
      const wanted = chars[at]
      if (wanted === undefined) return undefined
      tokens.push({ kind: 'one', fits: (other) => other === wanted })
    }
  }
  return tokens
}

interface CharacterClass {
  readonly fits: (char: string) => boolean
  /** Where its `]` stands. */
  readonly end: number
}

function readClass(chars: readonly string[], start: number): CharacterClass | null {
  const negated = chars[start] === '!' || chars[start] === '^'
  const ranges: (readonly [string, string])[] = []
  const first = negated ? start + 1 : start
  for (let at = first; at < chars.length; at += 1) {
    if (chars[at] === ']' && at > first) {
      const isIn = (char: string) => ranges.some(([low, high]) => low <= char && char <= high)
      return { fits: (char) => isIn(char) !== negated, end: at }
    }
    if (chars[at] === '[' && chars[at + 1] === ':') return null
    if (chars[at] === '\\') at += 1
    const low = chars[at]
    let high = low
    if (chars[at + 1] === '-' && chars[at + 2] !== ']' && chars[at + 2] !== undefined) {
      at += chars[at + 2] === '\\' ? 3 : 2
      high = chars[at]
    }
    if (low === undefined || high === undefined) return null
    ranges.push([low, high])
  }
  return null
}
