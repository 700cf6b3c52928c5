import { UndriftError } from '../errors.ts'
import { type Comparator, parseRange } from './range.ts'
import type { Scheme } from './scheme.ts'
import type { Version } from './version.ts'

/** Makes a test of whether a version lies in the range. Throws UNDRIFT_E_INPUT for a bad range, and for a scheme that ranges cannot read. */
export function rangeTest(text: string, scheme: Scheme): (version: Version) => boolean {
  const { boundKey } = scheme
  if (!boundKey) {
    throw new UndriftError('UNDRIFT_E_INPUT', `A range cannot read versions of the scheme ${scheme.name}.`)
  }
  const range = parseRange(text)
  if (!range) {
    throw new UndriftError('UNDRIFT_E_INPUT', `"${text}" is no range in npm's syntax, such as ">=1 <2".`)
  }
  const lists = range.map((list) =>
    list.map(({ operator, numbers, prerelease }) => ({
      operator,
      key: boundKey(numbers.map(String), prerelease),
    })),
  )
  return ({ key }) => lists.some((list) => list.every((bound) => holds(key, bound)))
}

function holds(
  key: string,
  bound: { readonly operator: Comparator['operator']; readonly key: string },
): boolean {
  switch (bound.operator) {
    case '<':
      return key < bound.key
    case '<=':
      return key <= bound.key
    case '>':
      return key > bound.key
    case '>=':
      return key >= bound.key
    case '=':
      return key === bound.key
  }
}
