import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'
import type { Range } from './problem.ts'

export type Path = readonly PropertyKey[]

/** Where a value of the document stands in the text. */
export interface Place {
  /** The key that leads to it, when it stands in a mapping. */
  readonly key: Node | null
  readonly value: Node | null
}

/** Finds the value that a path leads to; null when there is none. A key that stands twice means the last. */
export function locate(document: Document, path: Path): Place | null {
  let place: Place = { key: null, value: document.contents as Node | null }
  for (const segment of path) {
    const value = isAlias(place.value) ? (place.value.resolve(document) ?? null) : place.value
    if (isMap(value)) {
      const pair = value.items.findLast((item: Pair) => keyText(item) === String(segment))
      if (!pair) return null
      place = { key: pair.key as Node, value: pair.value as Node | null }
    } else if (isSeq(value) && typeof segment === 'number' && segment < value.items.length) {
      place = { key: null, value: value.items[segment] as Node | null }
    } else return null
  }
  return place
}

/** The place itself, or else the nearest one around it that exists. */
export function locateNearest(document: Document, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const place = locate(document, path.slice(0, length))
    if (place) return place
  }
  return { key: null, value: document.contents as Node | null }
}

export function rangeOf(node: Node | null | undefined): Range | null {
  return node?.range ? { start: node.range[0], end: node.range[1] } : null
}

/** What stands there, for a message; taken from a source in which secrets are blotted out. */
export function describeNode(node: Node | null | undefined, masked: string): string {
  if (isMap(node)) return 'a mapping'
  if (isSeq(node)) return 'a list'
  if (isAlias(node)) return `the alias \`*${node.source}\``
  if (!isScalar(node) || node.value === null) return 'nothing'
  const range = rangeOf(node)
  const shown = masked.slice(range?.start, range?.end).trim().split('\n', 1)[0] ?? ''
  const cut = shown.length > 80 ? `${shown.slice(0, 79)}…` : shown
  return typeof node.value === 'string' ? `\`${cut}\`` : `the ${typeof node.value} \`${cut}\``
}

/** The path as a person would write it. */
export function pathText(path: Path): string {
  return path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`
      return index === 0 ? String(segment) : `.${String(segment)}`
    })
    .join('')
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : ''
}
