import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { attemptOf } from './attempts.ts'
import { demand, demandSame, Unmet } from './expect.ts'
import type { Stage } from './scenario.ts'
import type { Shown } from './shapes.ts'

const patience = 60_000

const logShape = z.looseObject({
  version: z.literal(1),
  entries: z.array(
    z.looseObject({
      attempt: z.string(),
      tag: z.string(),
      outcome: z.string(),
      base: z.string().nullable(),
      onto: z.string().nullable(),
      head: z.string().nullable(),
      patches: z.array(z.looseObject({ oid: z.string(), verdict: z.string().nullable() })),
      checks: z.array(z.looseObject({ command: z.string(), exitCode: z.number().nullable() })),
      candidates: z.array(z.looseObject({ remote: z.string(), sha: z.string() })),
      resolutions: z.array(z.looseObject({ by: z.string() })),
      decisions: z.array(
        z.looseObject({
          name: z.string(),
          by: z.string(),
          drop: z.array(z.string()).optional(),
          letGo: z.looseObject({ need: z.string(), tagObject: z.string() }).optional(),
        }),
      ),
    }),
  ),
})

type Entry = z.infer<typeof logShape>['entries'][number]

/** Demands that the ledger tells once of an attempt what `show` tells of it, and can be asked for its patches. */
export async function demandRecorded(stage: Stage, tag: string, shown: Shown): Promise<Entry> {
  const own = (await untilRecorded(stage, tag)).filter((entry) => entry.tag === tag)
  const [entry] = own
  if (entry === undefined || own.length > 1) throw new Unmet('`undrift log` has the attempt once', `${own}`)
  const { id, outcome, base, onto, head } = shown
  demandSame(
    '`undrift log` has the outcome, base, target and result of `show`',
    [entry.attempt, entry.outcome, entry.base, entry.onto, entry.head],
    [id, `${outcome}`, base, onto, head],
  )
  demandSame('and every verdict', entry.patches.map(verdictOf), shown.patches.map(verdictOf))
  demandSame(
    'and every candidate',
    entry.candidates.map(({ remote, sha }) => [remote, sha]),
    shown.candidates.map(({ remote, sha }) => [remote, sha]),
  )
  const [first] = shown.patches
  if (first !== undefined) {
    const args = ['log', stage.fork, '--patch', first.newOid ?? first.oid] as const
    const followed = logShape.parse(await stage.installation.json(...args))
    demandSame(
      '`undrift log --patch` follows a patch from where it is now',
      followed.entries.find((each) => each.attempt === id)?.patches.map(verdictOf),
      [verdictOf(first)],
    )
  }
  return entry
}

/** An attempt shows its outcome a moment before it writes its entry. */
async function untilRecorded(stage: Stage, tag: string): Promise<readonly Entry[]> {
  const deadline = Date.now() + patience
  while (true) {
    const ended = await stage.installation.cli('log', stage.fork, '--json')
    demand(
      '`undrift log` ends with 0, or with 2 before the first entry',
      [0, 2].includes(ended.code ?? 1),
      ended,
    )
    const entries = ended.code === 0 ? logShape.parse(JSON.parse(ended.stdout)).entries : []
    if (entries.some((entry) => entry.tag === tag)) return entries
    demand(`the ledger tells of ${attemptOf(stage, tag)} in time`, Date.now() < deadline, ended)
    await pause(500)
  }
}

function verdictOf({ oid, verdict }: { readonly oid: string; readonly verdict: string | null }) {
  return [oid, verdict]
}
