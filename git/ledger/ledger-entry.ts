import { z } from 'zod'
import { decisions, outcomes } from '../../domain/attempt.ts'
import { dropCauses, landedCauses, verdicts } from '../../domain/patch.ts'

const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
const anOid = oid.nullable()

/** Keys that are not known are left out: a newer Undrift may have written more. */
const schema = z.object({
  version: z.literal(1),
  attempt: z.string().min(1),
  fork: z.string().min(1),
  line: z.string().min(1),
  tag: z.string().min(1),
  outcome: z.enum(outcomes),
  reason: z.string(),
  at: z.iso.datetime(),
  base: anOid,
  onto: anOid,
  release: z.object({ tagObject: oid, signer: z.string().optional() }).optional(),
  stackHead: anOid,
  head: anOid,
  tree: anOid,
  patches: z.array(
    z.object({
      oid,
      subject: z.string(),
      verdict: z.enum(verdicts).nullable(),
      newOid: anOid,
      reason: z.string(),
      cause: z.enum([...landedCauses, ...dropCauses]).optional(),
    }),
  ),
  checks: z.array(
    z.object({
      command: z.string(),
      exitCode: z.number().int().nullable(),
      ended: z.string().nullable(),
      milliseconds: z.number(),
    }),
  ),
  resolutions: z.array(z.object({ oid, by: z.string(), at: z.iso.datetime() })),
  candidates: z.array(z.object({ ref: z.string(), remote: z.string(), sha: oid, pushed: z.boolean() })),
  decisions: z.array(
    z.object({
      name: z.enum(decisions),
      by: z.string(),
      at: z.iso.datetime(),
      signedBy: z.string().nullable().optional(),
      drop: z.array(oid).optional(),
      keep: z.array(oid).optional(),
      letGo: z
        .object({ need: z.enum(['tag-moved', 'tag-signature']), tagObject: oid, before: anOid })
        .optional(),
    }),
  ),
})

type Written = z.infer<typeof schema>
type DeepReadonly<T> = T extends readonly (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

/** What the ledger keeps of one attempt: verdicts, base, target, result, resolutions, checks, and who decided what. */
export type LedgerEntry = DeepReadonly<Omit<Written, 'version'>>

/** An entry as the text of `attempt.json`; the same entry is the same text. */
export function writeEntry(entry: LedgerEntry): string {
  return `${JSON.stringify(schema.parse({ version: 1, ...entry }), null, 2)}\n`
}

/** The entry in an `attempt.json`; null when it is none that this version can read. */
export function readEntry(text: string): LedgerEntry | null {
  const parsed = schema.safeParse(parseJson(text))
  if (!parsed.success) return null
  const { version: _, ...entry } = parsed.data
  return entry
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
