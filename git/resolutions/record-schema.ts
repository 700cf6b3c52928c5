import { z } from 'zod'
import { conflictKinds } from '../../domain/patch.ts'

const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
const entry = z
  .strictObject({ mode: z.enum(['100644', '100664', '100755', '120000', '160000']), oid })
  .nullable()
const named = { path: z.string().min(1), encoded: z.boolean() }
/** What a `resolution.json` holds, which may come from another machine. */
export const recordSchema = z.strictObject({
  version: z.literal(1),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  by: z.string().min(1),
  at: z.iso.datetime(),
  attempt: z.string().nullable(),
  patch: z.strictObject({ oid, subject: z.string() }),
  paths: z
    .array(
      z.strictObject({
        ...named,
        kind: z.enum(conflictKinds),
        base: entry,
        ours: entry,
        theirs: entry,
        settled: entry,
      }),
    )
    .min(1),
  more: z.array(z.strictObject({ ...named, before: entry, after: entry })),
})
