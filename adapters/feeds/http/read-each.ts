import { z } from 'zod'
import type { JsonEntry } from './json-entry.ts'
import { plainText } from './plain-text.ts'

/** A field without which an entry is a release all the same. */
export const text = z.string().nullish().catch(null)
export const flag = z.boolean().nullish().catch(null)

/** Files of a release; what has no name or address is none. */
export function files<K extends string>(address: K) {
  const file = z
    .object({ name: z.string(), [address]: z.string() })
    .nullable()
    .catch(null)
  return z
    .array(file)
    .catch([])
    .transform((all) =>
      all.flatMap((one) => {
        const { name, [address]: url } = (one ?? {}) as Readonly<Record<string, string | undefined>>
        return name === undefined || url === undefined ? [] : { name, url }
      }),
    )
}

/**
 * Reads each entry of a list for itself: one that does not fit is reported, and costs no other its place. Throws a ZodError
 * for what is no list, or one in which nothing fits.
 */
export function readEach<T>(
  value: unknown,
  schema: z.ZodType<T>,
  toEntry: (one: T) => JsonEntry,
): readonly JsonEntry[] {
  const list = z.array(z.unknown()).parse(value)
  const read = list.map((one) => schema.safeParse(one))
  const [first] = read
  if (first?.error && !read.some(({ success }) => success)) throw first.error
  return read.map((one, index) => (one.success ? toEntry(one.data) : unfit(list[index], one.error)))
}

function unfit(value: unknown, { issues: [issue] }: z.ZodError): JsonEntry {
  const names = z.object({ name: text, tag_name: text }).safeParse(value).data
  const field = issue?.path.join('.') || 'it'
  return {
    tag: names?.tag_name || names?.name || 'without a name',
    publishedAt: null,
    url: null,
    prerelease: null,
    problem: plainText(`cannot be read: ${field}: ${issue?.message}`, 120),
  }
}
