import { z } from 'zod'

const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
const name = z.string().min(1)
const shared = { fork: name, line: name, tag: name, by: z.string(), at: z.iso.datetime() }

/** Keys that are not known are left out: a newer Undrift may have written more. */
const schema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('promotion'),
    ...shared,
    attempt: name,
    branch: name,
    from: oid,
    to: oid,
    backups: z.array(z.object({ remote: name, ref: name })),
  }),
  z.object({
    kind: z.literal('line-set'),
    ...shared,
    reason: z.string(),
    /** What the line stood on. */
    before: z.string().nullable(),
  }),
])

type Written = z.infer<typeof schema>
type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

/** What a person did to a line, beside its attempts: a promotion, or a correction of what the line stands on. */
export type LedgerEvent = DeepReadonly<Written>

/** An event as the text of `event.json`; the same event is the same text. */
export function writeEvent(event: LedgerEvent): string {
  return `${JSON.stringify({ version: 1, ...schema.parse(event) }, null, 2)}\n`
}

/** The event in an `event.json`; null when it is none that this version can read. */
export function readEvent(text: string): LedgerEvent | null {
  try {
    const value: unknown = JSON.parse(text)
    const parsed = schema.safeParse(value)
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
