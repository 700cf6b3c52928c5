import type { QuietHours } from './quiet-hours.ts'

const minute = 60_000
const day = 24 * 60 * minute
/** Weeks repeat: what is quiet for a year is quiet for ever. */
const horizon = 366 * day

/**
 * The first moment, at or after the given one, in which none of the rules is quiet; null when there is none. Moments are
 * milliseconds since 1970. A time of day that a clock shows twice in a night is quiet twice, and one that it leaves out is
 * never. Not for workflow code: zones come from the runtime's own database.
 */
export function nextAllowed(moment: number, rules: readonly QuietHours[]): number | null {
  let now = moment
  while (now - moment <= horizon) {
    const end = quietUntilOf(now, rules)
    if (end === null) return now
    now = end
  }
  return null
}

/** Until when the first rule that is quiet now stays so; null where none is. */
function quietUntilOf(now: number, rules: readonly QuietHours[]): number | null {
  for (const rule of rules) {
    const end = quietUntil(now, rule)
    if (end !== null) return end
  }
  return null
}

/** Until when a rule is surely quiet without a break; null where it is not quiet now. */
function quietUntil(now: number, rule: QuietHours): number | null {
  const offset = offsetAt(now, rule.zone)
  const wall = now + offset
  const midnight = Math.floor(wall / day) * day
  const begin = midnight + rule.from * minute
  const end = midnight + rule.to * minute
  const today = new Date(wall).getUTCDay()
  const startsToday = rule.days.includes(today)
  const startedYesterday = rule.days.includes((today + 6) % 7)
  const over = rule.from > rule.to
  if (over && startedYesterday && wall < end) return beforeChange(now, now + (end - wall), rule.zone)
  if (!startsToday || wall < begin) return null
  if (over) return beforeChange(now, now + (end + day - wall), rule.zone)
  return wall < end ? beforeChange(now, now + (end - wall), rule.zone) : null
}

/** The end of a stretch, or the moment at which the zone's clock is set in between: from there on it must be looked at anew. */
function beforeChange(from: number, to: number, zone: string): number {
  const offset = offsetAt(from, zone)
  if (offsetAt(to, zone) === offset) return to
  let [same, other] = [from, to]
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2)
    if (offsetAt(middle, zone) === offset) same = middle
    else other = middle
  }
  return other
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Milliseconds that a zone's clock is ahead of UTC. */
function offsetAt(moment: number, zone: string): number {
  const second = Math.floor(moment / 1000) * 1000
  const part = new Map(
    formatOf(zone)
      .formatToParts(second)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const at = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0
  const wall = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
  return wall - second
}

/** Formats are dear to make and few. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}
