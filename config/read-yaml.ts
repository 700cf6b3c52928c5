import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import type { Fault } from './fault.ts'
import type { Range } from './problem.ts'
import { rangeOf } from './source-map.ts'

export interface SyntaxFault extends Fault {
  readonly range: Range
}

export interface YamlText {
  readonly document: Document
  readonly lines: LineCounter
  readonly faults: readonly SyntaxFault[]
  /** What the text says as plain data; null when it is too broken to say anything. */
  readonly data: { readonly value: unknown } | null
}

const words: Partial<Record<YAMLError['code'], string>> = {
  MULTIPLE_DOCS: 'there is more than one document in this file',
  NON_STRING_KEY: 'a key is no plain text',
}

/**
 * Reads YAML without giving up at the first error. A key that stands twice is reported; mappings below it are read as one,
 * so that nothing is missing which stands below the other, and of anything else the last counts.
 */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const faults = [...document.errors, ...document.warnings].map(syntaxFault)
  faults.push(...unknownAliases(document))
  joinRepeatedMappings(document)
  const broken = faults.some((fault) => fault.kind === 'syntax')
  const data = broken ? null : plainData(document)
  if (!broken && !data) {
    faults.push({ kind: 'syntax', message: 'the aliases multiply too often', range: { start: 0, end: 0 } })
  }
  return { document, lines, faults: withoutRepeats(faults), data }
}

function syntaxFault(error: YAMLError): SyntaxFault {
  const [start, end] = error.pos
  const range = { start, end }
  if (error.code === 'DUPLICATE_KEY')
    return { kind: 'duplicate-key', message: 'this key stands here twice', range }
  return { kind: 'syntax', message: `this is not valid YAML: ${words[error.code] ?? error.message}`, range }
}

function unknownAliases(document: Document): readonly SyntaxFault[] {
  const faults: SyntaxFault[] = []
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document)) return
      const range = rangeOf(alias) ?? { start: 0, end: 0 }
      faults.push({ kind: 'syntax', message: 'this alias names no anchor before it', range })
    },
  })
  return faults
}

/** Moves what stands below the first of two equal keys below the second; the nodes keep their places in the text. */
function joinRepeatedMappings(document: Document): void {
  visit(document, {
    Map(_, map) {
      const last = new Map<unknown, YAMLMap>()
      for (const pair of map.items.toReversed() as Pair[]) {
        if (!isScalar(pair.key) || !isMap(pair.value)) continue
        const later = last.get(pair.key.value)
        if (later === undefined) last.set(pair.key.value, pair.value)
        else later.items.unshift(...pair.value.items.splice(0))
      }
    },
  })
}

/** Null when aliases would grow the document without bound. */
function plainData(document: Document): { readonly value: unknown } | null {
  try {
    return { value: document.toJS({ maxAliasCount: 50 }) }
  } catch (error) {
    if (error instanceof ReferenceError) return null
    throw error
  }
}

function withoutRepeats(faults: readonly SyntaxFault[]): readonly SyntaxFault[] {
  const key = (fault: SyntaxFault) => `${fault.range.start} ${fault.message}`
  return [...new Map(faults.map((fault) => [key(fault), fault])).values()]
}
