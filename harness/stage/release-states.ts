import { z } from 'zod'
import { upstreamName } from '../world/config.ts'
import { Unmet } from './expect.ts'
import type { Stage } from './scenario.ts'

const releasesShape = z.object({
  releases: z.array(
    z.object({ tag: z.string(), state: z.string().nullable(), detail: z.string().nullable() }),
  ),
})

const patience = 120_000

/** Waits until `undrift releases` says that a release is in this state; returns why, as it says it. */
export async function untilReleaseIs(stage: Stage, tag: string, state: string): Promise<string> {
  const deadline = Date.now() + patience
  let found: unknown
  while (Date.now() < deadline) {
    const shown = releasesShape.parse(await stage.installation.json('releases', upstreamName(stage.fork)))
    const row = shown.releases.find((one) => one.tag === tag)
    if (row?.state === state) return row.detail ?? ''
    found = row
  }
  throw new Unmet(`\`releases\` shows ${tag} as ${state} within ${patience / 1000} s`, JSON.stringify(found))
}
