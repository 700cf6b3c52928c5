import type { Scheme } from './scheme.ts'
import { atRelease, beforeRelease, numbersKey, suffixKey } from './sort-key.ts'

/** What each token of calver.org stands for. `YY` counts from 2000; where tokens meet, a year of two digits is likelier. */
const tokens: Readonly<Record<string, string>> = {
  YYYY: String.raw`[1-9]\d{3}`,
  YY: String.raw`[1-9]\d|\d|[1-9]\d\d`,
  '0Y': String.raw`\d\d|[1-9]\d\d`,
  MM: '1[0-2]|[1-9]',
  '0M': '0[1-9]|1[0-2]',
  WW: String.raw`[1-4]\d|5[0-3]|[1-9]`,
  '0W': String.raw`0[1-9]|[1-4]\d|5[0-3]`,
  DD: String.raw`[12]\d|3[01]|[1-9]`,
  '0D': String.raw`0[1-9]|[12]\d|3[01]`,
  MAJOR: String.raw`\d+`,
  MINOR: String.raw`\d+`,
  MICRO: String.raw`\d+`,
}
const tokenGrammar = /YYYY|YY|0Y|MM|0M|WW|0W|DD|0D|MAJOR|MINOR|MICRO/g
const openEnded = /(?:MAJOR|MINOR|MICRO)(?=YY|0Y|MM|0M|WW|0W|DD|0D|MAJOR|MINOR|MICRO|\d)/
const suffixGrammar = String.raw`([-_.+]?[A-Za-z][^\s\p{Cc}]*|[-_+][^\s\p{Cc}]+)?`

/** Enough places for every token there is; ranges fill the first three. */
const places = 12

/** Versions by date in the shape of a pattern such as `YYYY.0M.MICRO`; null for a pattern that is none. Source: calver.org. */
export function calver(pattern: string): Scheme | null {
  const grammar = patternGrammar(pattern)
  if (!grammar) return null
  const order = pattern.match(tokenGrammar) ?? []
  return {
    name: `calver:${pattern}`,
    read: (text) => {
      const found = grammar.exec(text)
      if (!found) return null
      const fields = found.slice(1, -1)
      if (!isDay(order, fields)) return null
      const suffix = found.at(-1) ?? null
      return { text, prerelease: suffix !== null, key: calverKey(fields, suffix) }
    },
    boundKey: calverKey,
  }
}

/** Whether the month has the day, where both stand in the pattern; without a year, February may have 29. */
function isDay(order: readonly string[], fields: readonly string[]): boolean {
  const field = (...names: readonly string[]): number | null => {
    const at = order.findIndex((token) => names.includes(token))
    return at === -1 ? null : Number(fields[at])
  }
  const month = field('MM', '0M')
  const day = field('DD', '0D')
  if (month === null || day === null) return true
  const year = field('YYYY') ?? 2000 + (field('YY', '0Y') ?? 0)
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function patternGrammar(pattern: string): RegExp | null {
  // Any suffix is a modifier, so a pattern need not name it; in the middle it would be ambiguous.
  const body = pattern.replace(/[-_.+]?MODIFIER$/, '')
  const found = body.match(tokenGrammar) ?? []
  const literals = body.replaceAll(tokenGrammar, '')
  if (found.length === 0 || new Set(found).size < found.length || openEnded.test(body)) return null
  if (!/^[a-z._+/-]*$/.test(literals)) return null
  const source = body
    .replaceAll(/[.+/]/g, String.raw`\$&`)
    .replaceAll(tokenGrammar, (token) => `(${tokens[token]})`)
  return new RegExp(`^${source}${suffixGrammar}$`, 'u')
}

function calverKey(fields: readonly string[], suffix: string | null): string {
  return numbersKey(fields, places) + (suffix === null ? atRelease : beforeRelease + suffixKey(suffix))
}
