import { z } from 'zod'

/**
 * What the CLI's `--json` promises, in the form of the documented shapes. More keys may be there, none may be missing.
 */
const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
const version = z.literal(1)

const attemptRow = z.looseObject({
  id: z.string(),
  fork: z.string(),
  line: z.string(),
  tag: z.string(),
  phase: z.string(),
  outcome: z.string().nullable(),
  needs: z.string().nullable(),
  startedAt: z.string(),
  updatedAt: z.string(),
})

export const statusShape = z.looseObject({
  version,
  upstreams: z.array(
    z.looseObject({
      name: z.string(),
      phase: z.string(),
      lastPollAt: z.string().nullable(),
      nextPollAt: z.string().nullable(),
      lastRelease: z.string().nullable(),
      failures: z.number(),
      needs: z.string().nullable(),
      waiting: z.array(z.looseObject({ tag: z.string(), line: z.string(), reason: z.string() })),
      holds: z.array(z.looseObject({ by: z.string(), until: z.string().nullable(), reason: z.string() })),
      alarms: z.array(z.looseObject({ tag: z.string(), evidence: z.array(z.string()).optional() })),
      questions: z.array(z.looseObject({ kind: z.string(), url: z.string(), to: z.string().optional() })),
    }),
  ),
  attempts: z.array(attemptRow),
})

export const showShape = attemptRow.extend({
  version,
  signer: z.string().nullable(),
  standsOn: z.string().nullable(),
  base: oid.nullable(),
  onto: oid.nullable(),
  head: oid.nullable(),
  patches: z.array(
    z.looseObject({
      oid,
      subject: z.string(),
      verdict: z.string().nullable(),
      newOid: oid.nullable(),
      reason: z.string(),
    }),
  ),
  checks: z.array(z.looseObject({ command: z.string() })),
  intervention: z
    .looseObject({
      kind: z.string(),
      question: z.string(),
      evidence: z.array(z.string()),
      options: z.array(
        z.looseObject({ name: z.string(), effect: z.string(), commands: z.array(z.string()) }),
      ),
    })
    .nullable(),
  candidates: z.array(
    z.looseObject({
      kind: z.string(),
      ref: z.string(),
      remote: z.string(),
      repo: z.string(),
      sha: oid,
      url: z.string().nullable(),
      pushed: z.boolean(),
    }),
  ),
})

export const resolveShape = z.looseObject({
  version,
  attempt: z.string(),
  path: z.string(),
  paths: z.array(z.looseObject({ path: z.string(), kind: z.string() })),
  patch: z.looseObject({ oid, subject: z.string() }),
})

export type Status = z.infer<typeof statusShape>
export type Shown = z.infer<typeof showShape>
