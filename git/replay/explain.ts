import type { ConflictPath, Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Change } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { causeOfConflict } from './cause.ts'
import { conflictFate, type Explanation, type ExplanationPart, explanationParts } from './conflict-fate.ts'
import type { PatchRecord } from './record.ts'
import type { Replayed } from './replayer.ts'
import { similarCommit } from './similar.ts'
import type { Workshop } from './workshop.ts'

/** A conflict of which is not known yet why upstream causes it, and all that a search for it needs. */
export interface Unexplained {
  readonly change: Change
  readonly paths: readonly ConflictPath[]
  /** The same paths as Git has them. */
  readonly names: readonly Bytes[]
  /** How git died in the merge; null where it did not. */
  readonly fault: string | null
  /** The upstream commit that the changes stand on. */
  readonly base: Oid
  /** What upstream did since the fork began, and since it last merged upstream. */
  readonly range: UpstreamRange
  readonly ahead: UpstreamRange
}

export interface ExplainOptions {
  /** Milliseconds for all conflicts together; 0 searches for nothing, without a limit everything is searched. */
  readonly budget?: number
  /** Called as soon as a part is known, or is given up as not searched. */
  readonly onPart?: (oid: Oid, explanation: Explanation, part: ExplanationPart) => void
}

/**
 * Searches for what explains conflicts, within a budget: which upstream commit causes each, and which one looks like the
 * patch. What the budget leaves no time for is named as not searched. Nothing of it decides a verdict.
 * Invariant: once the budget is used up the workshop is of no more use; its processes are ended.
 */
export async function explainConflicts(
  workshop: Workshop,
  { records, unexplained }: Pick<Replayed, 'records' | 'unexplained'>,
  options: ExplainOptions = {},
): Promise<readonly PatchRecord[]> {
  const clock = startClock(options.budget ?? Number.POSITIVE_INFINITY)
  const explained = new Map<Oid, Explanation>()
  try {
    // The cause of every conflict first: it says more than a likeness.
    for (const part of explanationParts) {
      for (const conflict of unexplained) {
        const { oid } = conflict.change.patch
        const before = explained.get(oid) ?? { causedBy: null, suggestion: null, notSearched: [] }
        const after = await searched(workshop, conflict, { part, clock, before })
        explained.set(oid, after)
        options.onPart?.(oid, after, part)
      }
    }
  } finally {
    clock.stop()
  }
  if (clock.signal.aborted) workshop.abandon()
  const conflicts = new Map(unexplained.map((conflict) => [conflict.change.patch.oid, conflict]))
  return records.map((record) => {
    const conflict = conflicts.get(record.oid)
    const explanation = explained.get(record.oid)
    return conflict && explanation ? withExplanation(record, conflict, explanation) : record
  })
}

function withExplanation(
  record: PatchRecord,
  { change, paths, fault }: Unexplained,
  explanation: Explanation,
): PatchRecord {
  const { reason, suggestion = null, conflict = null } = conflictFate(paths, explanation, fault)
  return {
    ...record,
    reason: change.note === null ? reason : `${reason} ${change.note}`,
    suggestion,
    conflict,
  }
}

interface Search {
  readonly part: ExplanationPart
  readonly clock: Clock
  readonly before: Explanation
}

async function searched(
  workshop: Workshop,
  conflict: Unexplained,
  { part, clock, before }: Search,
): Promise<Explanation> {
  const found = await clock.within((signal) => searchFor(workshop, conflict, part, signal))
  // Ctrl-C is no budget that ran out.
  workshop.quarantine.source.signal?.throwIfAborted()
  if (found === notInTime) return { ...before, notSearched: [...before.notSearched, part] }
  if (part === 'causedBy') return { ...before, causedBy: found }
  return { ...before, suggestion: found === null ? null : { kind: 'landed-with-changes', as: [found] } }
}

function searchFor(
  workshop: Workshop,
  { change, names, base, range, ahead }: Unexplained,
  part: ExplanationPart,
  signal: AbortSignal,
): Promise<Oid | null> {
  return part === 'causedBy'
    ? causeOfConflict(workshop, { change, paths: names, base }, { range: ahead, signal })
    : similarCommit(workshop, change, { range, fit: 'clashed', signal })
}

const notInTime = Symbol('not in time')

interface Clock {
  readonly signal: AbortSignal
  /** What the work comes to, or `notInTime` when the budget ends first. */
  within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | typeof notInTime>
  stop(): void
}

/** The longest that a timer takes; what is longer is no limit. */
const longestTimer = 2 ** 31 - 1

function startClock(budget: number): Clock {
  const controller = new AbortController()
  const { signal } = controller
  const isOver = new Promise<typeof notInTime>((resolve) => {
    signal.addEventListener('abort', () => resolve(notInTime), { once: true })
  })
  if (budget <= 0) controller.abort()
  const timer = budget < longestTimer ? setTimeout(() => controller.abort(), budget) : undefined
  return {
    signal,
    within: async (work) => {
      if (signal.aborted) return notInTime
      const working = work(signal)
      // When the budget ends nobody waits for it any more, and it fails for want of processes.
      working.catch(() => {})
      return Promise.race([working, isOver])
    },
    stop: () => clearTimeout(timer),
  }
}
