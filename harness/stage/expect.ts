import { isDeepStrictEqual } from 'node:util'

/** Something that a scenario demanded and did not find. */
export class Unmet extends Error {
  /** The demand, as a sentence. */
  readonly demand: string

  constructor(demand: string, detail: string) {
    super(detail === '' ? demand : `${demand}\n${detail}`)
    this.name = 'Unmet'
    this.demand = demand
  }
}

/** Demands that something holds; `detail` says what was found instead. */
export function demand(sentence: string, holds: boolean, detail: unknown = ''): asserts holds {
  if (!holds) throw new Unmet(sentence, detail === '' ? '' : `found: ${show(detail)}`)
}

/** Demands that what was found is what was expected. */
export function demandSame<T>(sentence: string, found: T, expected: T): void {
  if (isDeepStrictEqual(found, expected)) return
  throw new Unmet(sentence, `found:    ${show(found)}\nexpected: ${show(expected)}`)
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}
