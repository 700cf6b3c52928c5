import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { readEach } from '../http/read-each.ts'
import type { Feed } from '../types.ts'

const schema = z.object({ name: z.string(), vers: z.string().min(1), yanked: z.boolean().default(false) })

/** Source: The Cargo Book, "Registry Index": one JSON object a line, oldest first. It asks for no API and knows ETags. */
const format: JsonFormat = {
  kind: 'crates',
  accept: 'text/plain, application/json',
  address: (url) => (url.hostname === 'crates.io' ? indexAddress(url) : url),
  decode: (text) => {
    const lines = text.split('\n').filter((line) => line !== '')
    // A crate has a version, or it has no file.
    if (lines.length === 0) throw new SyntaxError('It is empty.')
    return lines.map(readLine)
  },
  read: (value, { tagPrefix = '' }) =>
    readEach(value, schema, ({ name, vers, yanked }) => ({
      tag: `${tagPrefix}${vers}`,
      title: `${name} ${vers}`,
      publishedAt: null,
      url: `https://crates.io/crates/${encodeURIComponent(name)}/${encodeURIComponent(vers)}`,
      prerelease: /^\d+\.\d+\.\d+-/.test(vers),
      ...(yanked ? { problem: 'was yanked' } : {}),
    })).toReversed(),
}

/** The versions of a crate: its page `https://crates.io/crates/<crate>`, or its file in a sparse index. */
export function createCratesFeed(): Feed {
  return createJsonFeed(format)
}

/** A line that is no JSON is reported with the others that do not fit. */
function readLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** Short names have folders of their own: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcdef`. */
function indexAddress(url: URL): URL {
  const name = (url.pathname.split('/').filter(Boolean).at(-1) ?? '').toLowerCase()
  const folders =
    name.length <= 2
      ? [String(name.length)]
      : name.length === 3
        ? ['3', name.slice(0, 1)]
        : [name.slice(0, 2), name.slice(2, 4)]
  return new URL(`https://index.crates.io/${[...folders, name].join('/')}`)
}
