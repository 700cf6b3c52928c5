import type { WaitingRelease, WatchKnowledge } from '../watch.ts'
import type { LineRules } from './line-rules.ts'
import { whyItWaits } from './why-it-waits.ts'

/** Every release that a line waits with, and why, at one moment: for readers, made anew each time. */
export function waitingReleases(
  known: Pick<WatchKnowledge, 'lines' | 'releases' | 'alarms' | 'holds' | 'pins'>,
  rules: readonly Omit<LineRules, 'tags'>[],
  now: number,
): readonly WaitingRelease[] {
  const noticed = new Map(known.releases.map((release) => [release.tag, release]))
  return rules.flatMap((group) =>
    group.lines.flatMap((line) => {
      const releases = (known.lines[line]?.waiting ?? []).flatMap((tag) => noticed.get(tag) ?? [])
      return releases.map((release, index): WaitingRelease => {
        const ahead = group.step === 'latest' ? undefined : releases[index - 1]
        if (ahead !== undefined) {
          return { ...release, line, reason: 'step', detail: `step: ${ahead.tag} comes first`, until: null }
        }
        const urgent = (group.step === 'latest' ? [release] : releases).some(({ security }) => security)
        const obstacle = whyItWaits(release, { line, rules: group, known, now, urgent })
        const until = obstacle?.until ? new Date(obstacle.until).toISOString() : null
        if (obstacle !== null)
          return { ...release, line, reason: obstacle.reason, detail: obstacle.detail, until }
        return group.step === 'latest'
          ? { ...release, line, reason: 'next-poll', detail: 'it starts with the next poll', until: null }
          : {
              ...release,
              line,
              reason: 'step',
              detail: 'step: the attempt before it has not ended',
              until: null,
            }
      })
    }),
  )
}
