import { describeHold, holdOn } from '../hold.ts'
import { nextAllowed } from '../next-allowed.ts'
import { describeQuietHours } from '../quiet-hours.ts'
import type { LineKey, NoticedRelease, WaitingReason, WatchKnowledge } from '../watch.ts'
import type { LineRules } from './line-rules.ts'

/** What keeps a release of a line from being started now. */
export interface Obstacle {
  readonly reason: WaitingReason
  readonly detail: string
  /** Milliseconds since 1970; null when something else than time decides. */
  readonly until: number | null
}

/** What decides whether a release of a line may start. */
export interface Circumstances {
  readonly line: LineKey
  readonly rules: Pick<LineRules, 'minimumAgeSeconds' | 'quiet'>
  readonly known: Pick<WatchKnowledge, 'alarms' | 'holds' | 'pins'>
  /** Milliseconds since 1970. */
  readonly now: number
  /** A security release, or one that a security release waits for: no age and no hour keeps it. */
  readonly urgent: boolean
}

/**
 * Why a release waits; null when nothing stands in its way. Alarms and holds come first: they keep a security release, too.
 * Not for what a workflow decides: quiet hours come from the runtime's own database of zones.
 */
export function whyItWaits(release: NoticedRelease, at: Circumstances): Obstacle | null {
  const { known, line, now, rules, urgent } = at
  const [alarm] = known.alarms
  if (alarm !== undefined) {
    const what = alarm.after === null ? 'is gone' : 'was moved'
    return { reason: 'alarm', detail: `alarm: the tag ${alarm.tag} ${what}`, until: null }
  }
  const hold = holdOn(known.holds, line, new Date(now).toISOString())
  if (hold !== null) {
    const until = hold.until === null ? null : Date.parse(hold.until)
    return { reason: 'hold', detail: `hold: ${describeHold(hold)}`, until }
  }
  if (!known.pins.some(({ tag }) => tag === release.tag)) {
    return {
      reason: 'no-tag',
      detail: 'no tag: the upstream repository has none of this name yet',
      until: null,
    }
  }
  return urgent ? null : (tooYoung(release, rules, now) ?? tooQuiet(rules, now))
}

function tooYoung(
  release: NoticedRelease,
  { minimumAgeSeconds }: Pick<LineRules, 'minimumAgeSeconds'>,
  now: number,
): Obstacle | null {
  const until = bornAt(release) + minimumAgeSeconds * 1000
  if (until <= now) return null
  const end = new Date(until).toISOString().replace(/\.\d+Z$/, 'Z')
  return { reason: 'minimum-age', detail: `minimum age: ${ageText(minimumAgeSeconds)}, until ${end}`, until }
}

function tooQuiet({ quiet }: Pick<LineRules, 'quiet'>, now: number): Obstacle | null {
  const until = nextAllowed(now, quiet)
  if (until !== null && until <= now) return null
  const hours = quiet.map(describeQuietHours).join('; ')
  const end = until === null ? '' : `, until ${new Date(until).toISOString().replace(/\.\d+Z$/, 'Z')}`
  return { reason: 'quiet-hours', detail: `quiet hours: ${hours}${end}`, until }
}

/** From when its age counts. A feed that gives no time, or one that has not come yet, is not believed. */
function bornAt({ publishedAt, since }: NoticedRelease): number {
  const noticed = Date.parse(since)
  const published = publishedAt === null ? Number.NaN : Date.parse(publishedAt)
  return published < noticed ? published : noticed
}

function ageText(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
  ] as const
  const unit = units.find(([, size]) => seconds % size === 0)
  return unit ? `${seconds / unit[1]}${unit[0]}` : `${seconds}s`
}
