import { randomBytes } from 'node:crypto'
import { formsOf } from '../../git/process/secret-forms.ts'

/** The names under which the secret stands in the environment of `up`; the config names the first. */
export const secretNames = ['HARNESS_TOKEN', 'HARNESS_SECRET'] as const

/** A secret that is easy to find again, with characters that encodings change. */
export function makeCanary(): string {
  return `canary/${randomBytes(9).toString('hex')}+secret?&=`
}

/** The canary in every form in which it might lie about: raw, URL-encoded, in base64 at each alignment, in hexadecimal, backwards. */
function canaryForms(canary: string): readonly string[] {
  const encoded = encodeURIComponent(canary)
  const forms = [canary, encoded, encoded.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())]
  for (const before of [0, 1, 2]) {
    const base64 = Buffer.from('.'.repeat(before) + canary).toString('base64')
    // Only whole groups that hold nothing but the canary are the same whatever stands around it.
    const start = before === 0 ? 0 : 4
    const groups = Math.floor((before + canary.length) / 3) * 4
    const inner = base64.slice(start, groups)
    forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return [...new Set([...forms, ...formsOf(canary).exact])]
}

/** Which form of the canary a text or a file's content holds; null when none. */
export function findCanary(canary: string, content: Buffer | string): string | null {
  return canaryForms(canary).find((form) => content.includes(form)) ?? null
}
