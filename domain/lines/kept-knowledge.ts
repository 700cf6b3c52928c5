import { withHold } from '../hold.ts'
import type { WatchKnowledge } from '../watch.ts'
import { withoutEvidence } from './alarm-evidence.ts'

/**
 * What is kept in Git of a watch, so that it outlives the database: where it differs, it is written anew. What polls learn by
 * the way is written along with it.
 */
export function keptPart(known: WatchKnowledge): string {
  const { lines, stands, releases, pins, alarms, holds, gone, sent, words } = known
  return JSON.stringify([lines, stands, releases, pins, withoutEvidence(alarms), holds, gone, sent, words])
}

/** What a watch that begins anew takes from what was kept: the next poll compares the tags with what they were. */
export function recalled(kept: WatchKnowledge): WatchKnowledge {
  return { ...kept, questions: [], lookedAt: null }
}

/** What was kept, with what persons said before it had been read. */
export function withSaid(kept: WatchKnowledge, said: WatchKnowledge | null): WatchKnowledge {
  if (said === null) return kept
  const words = [...(kept.words ?? []), ...(said.words ?? [])].slice(-10)
  const stands = { ...kept.stands, ...said.stands }
  return {
    ...kept,
    holds: said.holds.reduce(withHold, kept.holds),
    lines: { ...kept.lines, ...said.lines },
    ...(Object.keys(stands).length === 0 ? {} : { stands }),
    ...(words.length === 0 ? {} : { words }),
  }
}
