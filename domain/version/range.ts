/** One bound of a range. */
export interface Comparator {
  readonly operator: '<' | '<=' | '>' | '>=' | '='
  readonly numbers: readonly [bigint, bigint, bigint]
  /** Empty: the lowest pre-release there could be; null: the release itself. */
  readonly prerelease: string | null
}

/** A range: the versions that satisfy every bound of at least one list. */
export type Range = readonly (readonly Comparator[])[]

interface Partial {
  /** Null for `x`, `*` or nothing, from there to the end. */
  readonly numbers: readonly [bigint | null, bigint | null, bigint | null]
  readonly prerelease: string | null
  /** A number stands behind an `x`, as in `1.x.3`, and does not count. */
  readonly gap: boolean
}

const part = String.raw`(0|[1-9]\d*|[xX*])`
const identifiers = String.raw`[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*`
const partialGrammar = new RegExp(
  String.raw`^[v=\s]*${part}(?:\.${part}(?:\.${part}(?:-(${identifiers}))?(?:\+${identifiers})?)?)?$`,
)
const nothing: readonly Comparator[] = [{ operator: '<', numbers: [0n, 0n, 0n], prerelease: '' }]

/**
 * Reads a range in npm's syntax, with pre-releases included: whether they are wanted at all is another rule's matter.
 * Unlike in npm, `<2.0.0` does not take the pre-releases of 2.0.0. Null for what is no range. Source: node-semver's README.
 */
export function parseRange(text: string): Range | null {
  const lists = text.split('||').map(parseList)
  return lists.every((list) => list !== null) ? lists : null
}

function parseList(text: string): readonly Comparator[] | null {
  const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(text)
  if (hyphen) return parseHyphen(hyphen[1] ?? '', hyphen[2] ?? '')
  const glued = text.trim().replaceAll(/(~>|[<>]=?|[~^=])\s+/g, '$1')
  if (glued === '') return []
  const bounds = glued.split(/\s+/).map(parseSimple)
  return bounds.every((list) => list !== null) ? bounds.flat() : null
}

function parseHyphen(from: string, to: string): readonly Comparator[] | null {
  const low = parsePartial(from)
  const high = parsePartial(to)
  if (!low || !high) return null
  const start: Comparator = { operator: '>=', numbers: floor(low), prerelease: low.prerelease ?? '' }
  if (high.numbers[0] === null) return low.numbers[0] === null ? [] : [start]
  const end: Comparator =
    high.prerelease === null
      ? { operator: '<', numbers: nextAfter(high), prerelease: '' }
      : { operator: '<=', numbers: floor(high), prerelease: high.prerelease }
  return low.numbers[0] === null ? [end] : [start, end]
}

function parseSimple(text: string): readonly Comparator[] | null {
  const [, operator = '', rest = ''] = /^(~>|[<>]=?|[~^=]?)(.*)$/.exec(text) ?? []
  const partial = parsePartial(rest)
  if (!partial) return null
  // npm overlooks this with a tilde or a caret, and refuses it elsewhere.
  if (partial.gap && !/[~^]/.test(operator)) return null
  switch (operator) {
    case '~':
    case '~>':
      return between(
        partial,
        nextAfter({ ...partial, numbers: [partial.numbers[0], partial.numbers[1], null] }),
      )
    case '^':
      return between(partial, nextAfter({ ...partial, numbers: caretWidth(partial) }))
    case '<':
    case '<=':
    case '>':
    case '>=':
      return parseBound(operator, partial)
    default:
      return isWhole(partial)
        ? [{ operator: '=', numbers: floor(partial), prerelease: partial.prerelease }]
        : between(partial, nextAfter(partial))
  }
}

function parseBound(operator: '<' | '<=' | '>' | '>=', partial: Partial): readonly Comparator[] {
  const { prerelease } = partial
  if (partial.numbers[0] === null) return operator.endsWith('=') ? [] : nothing
  if (isWhole(partial)) {
    const lowered = operator === '<' ? (prerelease ?? '') : prerelease
    return [{ operator, numbers: floor(partial), prerelease: lowered }]
  }
  if (operator === '>') return [{ operator: '>=', numbers: nextAfter(partial), prerelease: '' }]
  if (operator === '<=') return [{ operator: '<', numbers: nextAfter(partial), prerelease: '' }]
  return [{ operator, numbers: floor(partial), prerelease: '' }]
}

/** From the partial version on, up to but without `end` and its pre-releases. */
function between(partial: Partial, end: readonly [bigint, bigint, bigint]): readonly Comparator[] {
  if (partial.numbers[0] === null) return []
  const prerelease = isWhole(partial) ? partial.prerelease : ''
  return [
    { operator: '>=', numbers: floor(partial), prerelease },
    { operator: '<', numbers: end, prerelease: '' },
  ]
}

/** A caret keeps the leftmost number that is not zero. */
function caretWidth({ numbers: [major, minor, patch] }: Partial): Partial['numbers'] {
  if (major !== 0n || minor === null) return [major, null, null]
  return minor !== 0n || patch === null ? [major, minor, null] : [major, minor, patch]
}

function floor({ numbers: [major, minor, patch] }: Partial): readonly [bigint, bigint, bigint] {
  return [major ?? 0n, minor ?? 0n, patch ?? 0n]
}

/** The first version beyond everything that the partial version stands for. */
function nextAfter({ numbers: [major, minor, patch] }: Partial): readonly [bigint, bigint, bigint] {
  if (minor === null) return [(major ?? 0n) + 1n, 0n, 0n]
  if (patch === null) return [major ?? 0n, minor + 1n, 0n]
  return [major ?? 0n, minor, patch + 1n]
}

function isWhole({ numbers }: Partial): boolean {
  return numbers.every((number) => number !== null)
}

function parsePartial(text: string): Partial | null {
  const found = partialGrammar.exec(text)
  if (!found) return null
  const [major, minor, patch] = [found[1], found[2], found[3]].map((digits) =>
    digits === undefined || /^[xX*]$/.test(digits) ? null : BigInt(digits),
  )
  if (major === undefined || minor === undefined || patch === undefined) return null
  const gap = (major === null && minor !== null) || (minor === null && patch !== null)
  if (major === null) return { numbers: [null, null, null], prerelease: null, gap }
  if (minor === null) return { numbers: [major, null, null], prerelease: null, gap }
  return { numbers: [major, minor, patch], prerelease: found[4] ?? null, gap }
}
