import { ActivityFailure } from '@temporalio/common'
import { type ShownMove, shownMoves, withEvidence } from '../domain/lines/alarm-evidence.ts'
import { fitKnowledge } from '../domain/lines/fit-knowledge.ts'
import type { UpstreamSettings } from '../domain/settings.ts'
import type { MovedTag, WatchKnowledge } from '../domain/watch.ts'
import { evidence } from './activity-proxies.ts'

export interface MoveEvidenceDeps {
  readonly upstream: () => UpstreamSettings
  readonly known: () => WatchKnowledge | null
  /** Takes over what is known with the evidence; the poll need not begin anew for it. */
  readonly learn: (next: WatchKnowledge) => void
}

/** Has each alarm of a watch compared once, beside its polls: what moved is shown as soon as a worker has the mirror. */
export function comparesMoves({ upstream, known, learn }: MoveEvidenceDeps) {
  const asked = new Set<string>()

  return function compareMoves(): void {
    const alarms = (known()?.alarms ?? []).filter(
      (alarm) => alarm.evidence === undefined && !asked.has(nameOf(alarm)),
    )
    if (alarms.length === 0) return
    for (const alarm of alarms) asked.add(nameOf(alarm))
    void compare(alarms)
  }

  async function compare(alarms: readonly MovedTag[]): Promise<void> {
    const shown = await shownBy(alarms)
    const before = known()
    if (before !== null) learn(keepEvidence(before, shown))
  }

  async function shownBy(alarms: readonly MovedTag[]): Promise<readonly ShownMove[]> {
    try {
      return await evidence.showMovedTags({ upstream: upstream(), alarms })
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error
      const why = error.cause?.message ?? error.message
      return alarms.map(({ tag, at }) => ({ tag, at, evidence: [`There is no diff: ${why}`.slice(0, 500)] }))
    }
  }
}

/** What is known, with the evidence that was found out of its alarms. */
function keepEvidence(known: WatchKnowledge, shown: readonly ShownMove[]): WatchKnowledge {
  return shown.length === 0 ? known : fitKnowledge({ ...known, alarms: withEvidence(known.alarms, shown) })
}

/** What a poll found was told before the evidence came, or has lost nothing of it. */
export function carryEvidence(next: WatchKnowledge, before: WatchKnowledge | null): WatchKnowledge {
  return keepEvidence(next, shownMoves(before?.alarms ?? []))
}

function nameOf({ tag, at }: MovedTag): string {
  return `${tag} ${at}`
}
