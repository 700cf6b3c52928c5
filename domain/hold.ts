import type { Hold, LineKey } from './watch.ts'

/** What a hold is on: the whole upstream, all lines of a fork, or one line. */
export type HoldTarget = Pick<Hold, 'fork' | 'line'>

/** Most holds of one watch, and most characters of a reason: what a watch remembers has a bounded size. */
export const mostHolds = 30
export const longestReason = 120

/** The hold that lets nothing new start for a line now: of several, the one that lasts longest. Null for none. */
export function holdOn(holds: readonly Hold[], line: LineKey, now: string): Hold | null {
  const standing = liveHolds(holds, now).filter((hold) => covers(hold, line))
  return standing.reduce<Hold | null>((longest, hold) => (endsLater(hold, longest) ? hold : longest), null)
}

/** The holds that have not ended by themselves. `now` is ISO 8601, as the holds' own times are. */
export function liveHolds(holds: readonly Hold[], now: string): readonly Hold[] {
  return holds.filter(({ until }) => until === null || Date.parse(until) > Date.parse(now))
}

/** The hold on exactly this target; null when there is none. */
export function findHold(holds: readonly Hold[], target: HoldTarget): Hold | null {
  return holds.find((hold) => isSame(hold, target)) ?? null
}

/** Adds a hold; one on the same target gives way to it. */
export function withHold(holds: readonly Hold[], hold: Hold): readonly Hold[] {
  return [...withoutHold(holds, hold), hold]
}

/** Takes the hold on exactly this target away. */
export function withoutHold(holds: readonly Hold[], target: HoldTarget): readonly Hold[] {
  return holds.filter((hold) => !isSame(hold, target))
}

/** How a target is called in a sentence and on the command line. */
export function targetName(upstream: string, { fork, line }: HoldTarget): string {
  if (fork === null) return upstream
  return line === null ? fork : `${fork}/${line}`
}

/** A hold for a person: who, since when, until when and why. */
export function describeHold({ by, at, until, reason }: Hold): string {
  const end = until === null ? 'until it is released' : `until ${until}`
  return `held by ${by} since ${at}, ${end}${reason === '' ? '' : `: ${reason}`}`
}

/**
 * A moment as a person or a bare signal names it, as ISO 8601 in UTC: `2026-12-01` is its first moment in UTC, and a time
 * of day needs its zone. Null for anything else. A part of a second is rounded up: a watch tells time in whole seconds, and a
 * hold would have ended for its polls while its words still told of it.
 */
export function readMoment(text: string): string | null {
  const form = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.exec(text)
  if (form === null) return null
  const time = Date.parse(text)
  // A day that no month has would roll over into the next one.
  const day = new Date(`${form[1]}T00:00:00Z`)
  if (Number.isNaN(time) || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== form[1])
    return null
  return new Date(Math.ceil(time / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

function covers({ fork, line }: Hold, key: LineKey): boolean {
  if (fork === null) return true
  return line === null ? key.startsWith(`${fork}/`) : key === `${fork}/${line}`
}

function endsLater(hold: Hold, than: Hold | null): boolean {
  if (than === null) return true
  if (than.until === null || hold.until === null) return than.until !== null
  return Date.parse(hold.until) > Date.parse(than.until)
}

function isSame(one: HoldTarget, other: HoldTarget): boolean {
  return one.fork === other.fork && one.line === other.line
}
