import { alarmLines } from '../../domain/alarm-words.ts'
import type { ConsideredTag } from '../../domain/list-releases.ts'
import type { LineKey, WaitingRelease, WatchKnowledge } from '../../domain/watch.ts'
import type { WatchStatus } from '../../workflows/messages.ts'

/** Where a release stands with the watch of its upstream. */
export interface ReleaseState {
  /** `baseline` is where a line began; `left-out` is taken by the rules, and was or would be passed over nevertheless. */
  readonly state: 'sent' | 'waiting' | 'held' | 'alarm' | 'baseline' | 'left-out'
  /** Why it waits or is left out; null where there is nothing to say. */
  readonly detail: string | null
  /** Whether it is left out by every line that is looked at because it is older than what they stand on. */
  readonly isOlder?: true
  /** Of an alarm: what moved, a line each. */
  readonly evidence?: readonly string[]
}

type Release = Pick<ConsideredTag, 'tag' | 'status'>

/**
 * Where each release stands for a line, or for any line where none is named; a tag of which the watch has nothing to say is
 * missing. `releases` are the taken ones newest first, as `listReleases` gives them.
 */
export function releaseStates(
  releases: readonly Release[],
  watch: WatchStatus,
  line: LineKey | null,
): ReadonlyMap<string, ReleaseState> {
  const places = new Map(
    releases.filter(({ status }) => status !== 'skipped').map(({ tag }, index) => [tag, index]),
  )
  const lines = line === null ? (Object.keys(watch.known?.lines ?? {}) as LineKey[]) : [line]
  const look: Look = { watch, places, lines, waiting: waitingOf(watch, lines) }
  return new Map(
    releases.flatMap((release) => {
      const state = stateOf(release, look)
      return state === null ? [] : [[release.tag, state] as const]
    }),
  )
}

/** The releases with those that are older than what their lines stand on behind the taken ones: no line goes back. */
export function skipOlder(
  releases: readonly ConsideredTag[],
  states: ReadonlyMap<string, ReleaseState>,
): readonly ConsideredTag[] {
  const isOlder = ({ tag, status }: ConsideredTag) =>
    status === 'eligible' && states.get(tag)?.isOlder !== undefined
  const older = releases.filter(isOlder).map((release): ConsideredTag => {
    const detail = states.get(release.tag)?.detail ?? 'older'
    return { ...release, status: 'skipped', reason: 'older', detail }
  })
  return [
    ...releases.filter((release) => release.status !== 'skipped' && !isOlder(release)),
    ...older,
    ...releases.filter(({ status }) => status === 'skipped'),
  ]
}

interface Look {
  readonly watch: WatchStatus
  /** Of the taken tags: the newest has the first. */
  readonly places: ReadonlyMap<string, number>
  /** The lines that are looked at. */
  readonly lines: readonly LineKey[]
  readonly waiting: ReadonlyMap<string, readonly WaitingRelease[]>
}

function waitingOf({ waiting }: WatchStatus, lines: readonly LineKey[]): Look['waiting'] {
  const shown = new Set(lines)
  return Map.groupBy(
    waiting.filter(({ line }) => shown.has(line)),
    ({ tag }) => tag,
  )
}

function stateOf({ tag, status }: Release, look: Look): ReleaseState | null {
  const { known } = look.watch
  const alarm = known?.alarms.find((each) => each.tag === tag)
  if (alarm !== undefined) {
    const { before, after } = alarm
    const detail = `was ${before.tagObject}, is ${after?.tagObject ?? 'gone'}`
    return { state: 'alarm', detail, evidence: alarmLines(alarm) }
  }
  const waiting = look.waiting.get(tag) ?? []
  const [first] = waiting
  if (first !== undefined) {
    const detail = `${first.detail} (${someLines(waiting.map(({ line }) => line))})`
    return { state: first.reason === 'hold' ? 'held' : 'waiting', detail }
  }
  // What the rules leave out is told with the rule.
  return known === null || status === 'skipped' ? null : pastOf(tag, known, look)
}

/** What has become of a release that does not wait. */
function pastOf(tag: string, known: WatchKnowledge, { places, lines }: Look): ReleaseState | null {
  const isSent = known.dispatched.includes(tag)
  const onIt = lines.filter((line) => known.lines[line]?.standsOn === tag)
  if (onIt.length > 0) {
    return isSent ? { state: 'sent', detail: null } : { state: 'baseline', detail: someLines(onIt) }
  }
  // Tags are sent to some line; where one is looked at that left it out, the reason is its own.
  if (isSent && lines.length > 1) return { state: 'sent', detail: null }
  const left = known.skipped.findLast(
    (row) =>
      row.tag === tag &&
      lines.some((line) => row.lines?.includes(line) ?? true) &&
      // Of several lines, that one has other rules for tags is no reason for the rest.
      (lines.length === 1 || row.lines === undefined || /^(?:step|older|withdrawn)\b/.test(row.reason)),
  )
  if (left !== undefined) {
    const by = lines.length === 1 || left.lines === undefined ? '' : ` (${someLines(left.lines)})`
    const older = by === '' && /^older\b/.test(left.reason) ? ({ isOlder: true } as const) : {}
    return { state: 'left-out', detail: `${left.reason}${by}`, ...older }
  }
  const oldest = oldestStand(known, { places, lines })
  const isOlder = oldest !== null && (places.get(tag) ?? 0) > oldest.place
  // What is newer than all that a line was sent was sent to another.
  if (isSent && (isOlder || oldest === null)) return { state: 'sent', detail: null }
  return isOlder ? { state: 'left-out', detail: `older than ${oldest.tag}`, isOlder } : null
}

/** What the line that is furthest behind stands on; null where that cannot be told. */
function oldestStand(
  known: WatchKnowledge,
  { places, lines }: Pick<Look, 'places' | 'lines'>,
): { readonly tag: string; readonly place: number } | null {
  const stands = lines.map((line) => known.lines[line]?.standsOn ?? null)
  const found = stands.flatMap((tag) => {
    const place = tag === null ? undefined : places.get(tag)
    return tag === null || place === undefined ? [] : [{ tag, place }]
  })
  return found.length < stands.length ? null : (found.sort((a, b) => b.place - a.place)[0] ?? null)
}

function someLines(lines: readonly LineKey[]): string {
  const more = lines.length - 1
  return `${lines[0]}${more > 0 ? ` and ${more} more` : ''}`
}
