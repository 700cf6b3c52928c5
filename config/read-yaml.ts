import { type Document, LineCounter, parseDocument, visit, type YAMLError } from 'yaml'
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

/** Reads YAML without giving up at the first error. Duplicate keys are reported, and the last one counts. */
export function readYaml(text: string): YamlText {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const faults = [...document.errors, ...document.warnings].map(syntaxFault)
  faults.push(...unknownAliases(document))
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
