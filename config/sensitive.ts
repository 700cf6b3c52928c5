import { type Document, isScalar, visit } from 'yaml'
import { findSecrets, type SecretSpan } from './secrets.ts'
import { rangeOf } from './source-map.ts'

const sensitiveKey = /(token|webhook|passw(or)?d|passphrase|secret|api_?key|credential)/i
const sensitiveLine =
  /(?:token|webhook|passw(?:or)?d|passphrase|secret|api_?key|credential)\w*["']?\s*:\s*(?<value>[^\s{}[\]#][^\n,}#]*)/dgi

/** What of a config must never be shown: what looks like a secret, and what stands where a secret's name belongs. */
export interface Sensitive {
  /** To be reported. */
  readonly secrets: readonly SecretSpan[]
  /** To be blotted out: the secrets, and more. */
  readonly hidden: readonly Pick<SecretSpan, 'start' | 'end'>[]
}

/** Finds it in the tree, and in the bare text as well: a document with a syntax error has only half a tree. */
export function findSensitive(text: string, document: Document): Sensitive {
  const secrets = findSecrets(text)
  const hidden: Pick<SecretSpan, 'start' | 'end'>[] = [...secrets]
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || !sensitiveKey.test(String(pair.key.value)) || !isScalar(pair.value)) return
      const range = rangeOf(pair.value)
      if (range && !isName(String(pair.value.value))) hidden.push(range)
    },
  })
  for (const match of text.matchAll(sensitiveLine)) {
    const [start, end] = match.indices?.groups?.value ?? [0, 0]
    if (!isName(match.groups?.value ?? '')) hidden.push({ start, end })
  }
  return { secrets, hidden }
}

function isName(value: string): boolean {
  return /^["']?env:[A-Za-z_][A-Za-z0-9_]*["']?\s*$/.test(value) || value === 'null'
}
