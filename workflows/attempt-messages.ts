import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow'
import { type DecisionName, isAlarm } from '../domain/attempt.ts'
import { tagRulesOf } from '../domain/lines/line-rules.ts'
import type { Oid } from '../domain/patch.ts'
import { type Proof, unsigned } from '../domain/sealed.ts'
import type { Attempt } from './attempt.ts'
import { patchesNamed, readDecision, refuseDecision } from './decision-rules.ts'
import * as messages from './messages.ts'

/** A decision that somebody made, waiting for the main loop to act on it. */
export interface Decision extends messages.DecisionInput {
  readonly name: DecisionName
  /** The id of the key that signed it; null where nobody did. */
  readonly signedBy: string | null
}

/** What ends an attempt from outside, or sends it back to its first step, whatever it does just now. */
export type Interruption =
  /** The release's tag is not what it was any more: the fetch finds out what it is now, and asks. */
  | { readonly kind: 'tag-moved' }
  | { readonly kind: 'superseded'; readonly tag: string }
  | { readonly kind: 'decided'; readonly decision: Decision }

export interface Inbox {
  /** The decision on the question that stands, once there is one; takes it out. `drops` are the lists of patches that it offers to drop. */
  readonly nextDecision: (
    question: string,
    drops: readonly (readonly Oid[])[],
  ) => Promise<Decision | Interruption>
  /** Whether something is to interrupt it. */
  readonly isInterrupted: () => boolean
  /** What interrupts the attempt; null for nothing. What does not end it is told once. */
  readonly takeInterruption: () => Interruption | null
  readonly drained: () => Promise<void>
}

/** How long the timer runs that shows a question; it is set again for as long as nobody answers. */
const questionTimer = '30 days'

/**
 * Answers queries and records decisions; the main loop acts on them. Must be called before the first await.
 * `interrupt` is called when the running step is to be left.
 */
export function openInbox(attempt: Attempt, interrupt: () => void): Inbox {
  let decision: Decision | null = null
  let interruption: Interruption | null = null
  let offered: readonly (readonly Oid[])[] = []
  /** When the newest settings that the watch offered were signed. */
  let settingsAt = ''

  function refuse(name: DecisionName, input: unknown, proof: Proof = unsigned): string | null {
    const busy = decision !== null || interruption !== null
    return refuseDecision(
      { name, input: readDecision(input), proof },
      { status: attempt.status(), busy, offered },
    )
  }

  function accept(name: DecisionName, input: unknown, proof: Proof = unsigned): string {
    const { drop, resolutions, ...rest } = readDecision(input)
    const dropped = (drop ?? []).flatMap((prefix) => patchesNamed(attempt.status(), prefix).slice(0, 1))
    const isSigned = proof.kind === 'signed'
    const taken: Decision = {
      ...rest,
      name,
      signedBy: isSigned ? proof.by : null,
      ...(dropped.length === 0 ? {} : { drop: dropped }),
      // Invariant: what a person made of a conflict comes signed, or from the worker's own work tree.
      ...(isSigned && resolutions !== undefined ? { resolutions } : {}),
    }
    if (attempt.status().phase === 'waiting') {
      decision = taken
      return `${name}: taken.`
    }
    interruption = { kind: 'decided', decision: taken }
    interrupt()
    return `${name}: taken; the running step is being left.`
  }

  for (const [name, update, signal] of pairs) {
    setHandler(update, (input, proof) => accept(name, input, proof), {
      validator: (input, proof) => {
        const refusal = refuse(name, input, proof)
        if (refusal !== null) throw new Error(refusal)
      },
    })
    setHandler(signal, (input) => {
      // A signal cannot be refused; one that does not fit now changes nothing.
      if (refuse(name, input) === null) accept(name, input)
    })
  }
  setHandler(messages.statusQuery, attempt.status)
  setHandler(messages.releaseSeenSignal, () => {})
  setHandler(messages.supersedeSignal, ({ tag }, proof) => {
    if (proof?.kind !== 'signed') return
    const { phase, needs } = attempt.status()
    if (phase === 'pushing' || phase === 'ended' || interruption !== null) return
    // Only a person lets an alarm go, not a release that came after it.
    if (phase === 'waiting' && isAlarm(needs)) return
    interruption = { kind: 'superseded', tag }
    interrupt()
  })

  setHandler(messages.tagMovedSignal, (_, proof) => {
    if (proof?.kind !== 'signed') return
    const { phase, needs } = attempt.status()
    // A push looks at the tag itself; an alarm that stands already is not asked twice.
    if (phase === 'pushing' || phase === 'ended' || isAlarm(needs) || interruption !== null) return
    interruption = { kind: 'tag-moved' }
    interrupt()
  })

  setHandler(messages.settingsSignal, (applied, proof) => {
    // Settings that were signed before those that it knows were sent before, by somebody else.
    if (proof?.kind !== 'signed' || proof.at <= settingsAt) return
    settingsAt = proof.at
    attempt.offer(applied)
  })
  setHandler(messages.feedWordSignal, ({ objection }, proof) => {
    if (proof?.kind !== 'signed') return
    const { upstream, fork } = attempt.status().settings
    const takesPrereleases = tagRulesOf(upstream, fork).prereleases
    const counts = objection?.kind === 'withdrawn' || !takesPrereleases
    attempt.learn({ objection: counts ? objection : null })
  })

  function takeInterruption(): Interruption | null {
    const taken = interruption
    // What does not end the attempt is told once.
    if (taken?.kind === 'tag-moved' || (taken?.kind === 'decided' && taken.decision.name === 'retry')) {
      interruption = null
    }
    return taken
  }

  return {
    nextDecision: async (question, drops) => {
      offered = drops
      const decided = () => decision !== null || interruption !== null
      // The pending timer's summary puts the question on the first page that the Web UI shows.
      while (!(await condition(decided, questionTimer, { summary: question }))) {}
      const next = takeInterruption() ?? decision
      decision = null
      offered = []
      if (next === null) throw new Error('Woken without a decision.')
      return next
    },
    isInterrupted: () => interruption !== null,
    takeInterruption,
    drained: () => condition(allHandlersFinished),
  }
}

const pairs = [
  ['resume', messages.resumeUpdate, messages.resumeSignal],
  ['retry', messages.retryUpdate, messages.retrySignal],
  ['skip', messages.skipUpdate, messages.skipSignal],
  ['abort', messages.abortUpdate, messages.abortSignal],
  ['approve', messages.approveUpdate, messages.approveSignal],
] as const
