import type { Need, Outcome } from '../../domain/attempt.ts'
import { maintainId, watchId } from '../../domain/ids.ts'
import { upstreamName } from '../world/config.ts'
import type { ReleaseKind } from '../world/releases.ts'
import { makeRelease, type UpstreamRelease } from '../world/repositories.ts'
import type { SignerName } from '../world/signing.ts'
import { demandSame, Unmet } from './expect.ts'
import type { Stage } from './scenario.ts'
import { type Shown, type Status, showShape } from './shapes.ts'

type Row = Status['attempts'][number]
type Watch = Status['upstreams'][number]

const patience = 120_000

/** The workflow id of this fork's attempt at a release: a tag, or `LINE/TAG` in a fork with lines. */
export function attemptOf({ fork }: Pick<Stage, 'fork'>, release: string): string {
  const [tag = '', line = 'main'] = release.split('/').toReversed()
  return maintainId(fork, line, tag)
}

/** The workflow id of the watch of this fork's upstream. */
export function watchOf({ fork }: Pick<Stage, 'fork'>): string {
  return watchId(upstreamName(fork))
}

/** Upstream releases, and its feed says so. */
export async function release(
  stage: Stage,
  tag: string,
  kind: ReleaseKind,
  options: { readonly signer?: SignerName } = {},
): Promise<UpstreamRelease> {
  const made = await makeRelease(stage.repositories, tag, kind, options)
  stage.feed.announce(made)
  return made
}

/** What `undrift show` says of an attempt. */
export async function show(stage: Stage, tag: string): Promise<Shown> {
  const shown = showShape.parse(await stage.installation.json('show', attemptOf(stage, tag)))
  demandSame('`show` names the attempt that was asked for', shown.id, attemptOf(stage, tag))
  return shown
}

/**
 * Waits until an attempt asks a person, and demands that this is what it asks. A state as old as `after`, which was
 * read before somebody answered, is not looked at.
 */
export async function untilAsked(stage: Stage, tag: string, need: Need, after?: Shown): Promise<Shown> {
  const row = await untilStill(stage, tag, after)
  demandSame(`the attempt at ${tag} waits for a person`, [row.phase, row.needs], ['waiting', need])
  const shown = await show(stage, tag)
  demandSame('`show` asks the question that `status` announces', shown.intervention?.kind, need)
  return shown
}

/** Waits until an attempt has ended, and demands that it ended so; `after` as above. */
export async function untilEnded(stage: Stage, tag: string, outcome: Outcome, after?: Shown): Promise<Shown> {
  const row = await untilStill(stage, tag, after)
  demandSame(`the attempt at ${tag} ends`, [row.phase, row.outcome, row.needs], ['ended', outcome, null])
  return show(stage, tag)
}

/** Waits until an attempt does nothing more by itself. */
function untilStill(stage: Stage, tag: string, after: Shown | undefined): Promise<Row> {
  return until(
    stage,
    tag,
    (row) => (row.phase === 'waiting' || row.phase === 'ended') && row.updatedAt > (after?.updatedAt ?? ''),
  )
}

/** Waits until `status` shows the attempt in a state that fits. */
export function until(stage: Stage, tag: string, fits: (row: Row) => boolean): Promise<Row> {
  const id = attemptOf(stage, tag)
  return untilListed(stage, `the attempt at ${tag}`, {
    find: ({ attempts }) => attempts.find((one) => one.id === id),
    fits,
  })
}

/** Waits until `status` shows the watch of the fork's upstream in a state that fits. */
export function untilWatch(stage: Stage, fits: (row: Watch) => boolean): Promise<Watch> {
  const name = upstreamName(stage.fork)
  return untilListed(stage, `the upstream ${name}`, {
    find: ({ upstreams }) => upstreams.find((one) => one.name === name),
    fits,
  })
}

interface Look<Found> {
  readonly find: (status: Status) => Found | undefined
  readonly fits: (found: Found) => boolean
}

async function untilListed<Found>(stage: Stage, what: string, { find, fits }: Look<Found>): Promise<Found> {
  const deadline = Date.now() + patience
  let found: Found | undefined
  while (Date.now() < deadline) {
    found = find(await stage.installation.status())
    if (found !== undefined && fits(found)) return found
  }
  throw new Unmet(
    `\`status\` shows ${what} where it should be within ${patience / 1000} s`,
    found === undefined ? 'it is not listed' : JSON.stringify(found),
  )
}
