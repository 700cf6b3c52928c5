import { z } from 'zod'
import type { PackedKnowledge } from '../domain/lines/packed-knowledge.ts'

const name = z.string().min(1).max(1000)
const text = z.string().max(5000)
const pinned = z.looseObject({ tag: name, tagObject: name, commit: name })
const seen = z.looseObject({ tag: name, tagObject: name, commit: name.nullable() })
const lines = z.record(z.string().regex(/^[^/]+\/[^/]+$/), z.array(z.number().int()))

/** What of it the workflow relies on. Keys that are not known stay: a newer Undrift may have written more. */
const schema = z.looseObject({
  tags: z.array(name),
  lines,
  stands: lines.optional(),
  notes: z.record(name, text).optional(),
  seen: z.array(z.string()),
  releases: z.array(
    z.looseObject({
      tag: name,
      publishedAt: text.nullable(),
      url: text.nullable(),
      since: text,
      security: z.boolean(),
    }),
  ),
  pins: z.array(pinned),
  seenTags: z.string().optional(),
  alarms: z.array(
    z.looseObject({
      tag: name,
      before: seen,
      after: pinned.nullable(),
      at: text,
      evidence: z.array(z.string()).optional(),
    }),
  ),
  holds: z.array(
    z.looseObject({
      fork: name.nullable(),
      line: name.nullable(),
      by: text,
      at: text,
      until: text.nullable(),
      reason: text,
    }),
  ),
  questions: z.array(z.looseObject({ kind: name })),
  skipped: z.array(z.looseObject({ tag: name, reason: text })),
  dispatched: z.array(name),
  skippedAtFirst: z.number(),
  problems: z.array(text),
  newsAt: text.nullable(),
  lookedAt: text.nullable(),
})

const keptFile = z.object({ version: z.literal(1), known: schema })

/** What a watch knows as the text of `watch.json`. */
export function writeKnowledge(known: PackedKnowledge): string {
  return `${JSON.stringify({ version: 1, known }, null, 1)}\n`
}

/** What a `watch.json` holds; null where this version cannot read it. */
export function readKnowledge(text: string): PackedKnowledge | null {
  try {
    const parsed = keptFile.safeParse(JSON.parse(text))
    return parsed.success ? (parsed.data.known as unknown as PackedKnowledge) : null
  } catch {
    return null
  }
}
