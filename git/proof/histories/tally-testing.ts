import { describeHistory } from './describe-testing.ts'
import type { Played } from './game-testing.ts'
import { playSeeds } from './play-testing.ts'
import { shrink } from './shrink-testing.ts'

/** What playing many histories came to. */
export interface Tally {
  /** How often each thing was counted, by its name. */
  readonly counts: Readonly<Record<string, number>>
  /** Histories in which a rule is broken. */
  readonly failed: readonly Played[]
  /** Histories in which a person is asked though git is clean and right. */
  readonly asked: readonly Played[]
}

export interface TallyOptions {
  readonly from?: number
  readonly onProgress?: (done: number, failed: number) => void
}

/** More histories in one repository would make git slower. */
const batch = 100

/** Plays so many histories of a seed; number 7 of the seed `x` is the history `x/7`. */
export async function tallySeed(seed: string, count: number, options: TallyOptions = {}): Promise<Tally> {
  const counts: Record<string, number> = {}
  const failed: Played[] = []
  const asked: Played[] = []
  const { from = 0 } = options
  for (let at = 0; at < count; at += batch) {
    const seeds = Array.from(
      { length: Math.min(batch, count - at) },
      (_, index) => `${seed}/${from + at + index}`,
    )
    for (const played of await playSeeds(seeds)) {
      for (const name of namesOf(played)) counts[name] = (counts[name] ?? 0) + 1
      if (played.breaches.length > 0) failed.push(played)
      if (played.asked !== null) asked.push(played)
    }
    options.onProgress?.(at + seeds.length, failed.length)
  }
  return { counts, failed, asked }
}

function namesOf({ kind, git, asked, reasons, history, breaches }: Played): readonly string[] {
  return [
    'histories',
    `theme ${history.script.theme}`,
    kind,
    ...reasons.map((reason) => `${kind}: ${reason}`),
    `git ${git ?? 'not asked'}`,
    ...(asked === null ? [] : [`asked where git is clean, ${asked}`]),
    ...new Set(breaches.map(({ rule }) => `broken: ${rule}`)),
  ]
}

/** The counts, one a line. */
export function renderCounts({ counts }: Tally): string {
  return Object.keys(counts)
    .sort()
    .map((name) => `${String(counts[name]).padStart(7)}  ${name}`)
    .join('\n')
}

/** One history with what the plan says of it and the rules that it breaks. */
export function renderPlayed({ history, lines, breaches, git, asked }: Played): string {
  return [
    `history ${history.script.seed} (${history.script.theme}; git: ${git ?? 'not asked'})`,
    ...describeHistory(history),
    ...lines,
    ...(asked === null ? [] : [`ASKED where git is clean: ${asked}`]),
    ...breaches.map(({ rule, what }) => `BROKEN ${rule}: ${what}`),
  ].join('\n')
}

/** The failures, each made as small as it goes; of each rule the first few. */
export async function renderFailures({ failed }: Tally, each = 3): Promise<string> {
  const shown = new Map<string, number>()
  const parts: string[] = []
  for (const played of failed) {
    const rule = played.breaches[0]?.rule ?? ''
    shown.set(rule, (shown.get(rule) ?? 0) + 1)
    if ((shown.get(rule) ?? 0) <= each) parts.push(renderPlayed(await shrink(played, rule)))
  }
  const seeds = failed.map(({ history }) => history.script.seed).join(' ')
  return failed.length === 0 ? '' : `${parts.join('\n\n')}\n\nbroken in: ${seeds}`
}
