import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow'
import type { CarriedResolution } from '../activities/types.ts'
import { type DecisionName, isAlarm, steps } from '../domain/attempt.ts'
import { possibleAnswers } from '../domain/interventions.ts'
import { tagRulesOf } from '../domain/lines/line-rules.ts'
import type { Oid } from '../domain/patch.ts'
import type { Attempt } from './attempt.ts'
import * as messages from './messages.ts'

/** A decision that somebody made, waiting for the main loop to act on it. */
export interface Decision extends messages.DecisionInput {
  readonly name: DecisionName
}

/** What ends an attempt from outside, or sends it back to its first step, whatever it does just now. */
export type Interruption =
  /** The release's tag is not what it was any more: the fetch finds out what it is now, and asks. */
  | { readonly kind: 'tag-moved' }
  | { readonly kind: 'superseded'; readonly tag: string }
  | { readonly kind: 'decided'; readonly decision: Decision }

export interface Inbox {
  /** The decision on the question that stands, once there is one; takes it out. */
  readonly nextDecision: (question: string) => Promise<Decision | Interruption>
  /** Whether something is to interrupt it. */
  readonly isInterrupted: () => boolean
  /** What interrupts the attempt; null for nothing. What does not end it is told once. */
  readonly takeInterruption: () => Interruption | null
  readonly drained: () => Promise<void>
}

/** How long the timer runs that shows a question; it is set again for as long as nobody answers. */
const questionTimer = '30 days'
/** Most that the resolutions of one message may weigh, in base64 characters. */
const longestPacks = 128 * 1024
const mostDrops = 1_000

/**
 * Answers queries and records decisions; the main loop acts on them. Must be called before the first await.
 * `interrupt` is called when the running step is to be left.
 */
export function openInbox(attempt: Attempt, interrupt: () => void): Inbox {
  let decision: Decision | null = null
  let interruption: Interruption | null = null

  function accept(name: DecisionName, input: unknown): string {
    const { drop, ...rest } = readInput(input)
    const dropped = (drop ?? []).flatMap((prefix) => named(attempt.status(), prefix).slice(0, 1))
    const taken: Decision = { ...rest, name, ...(dropped.length === 0 ? {} : { drop: dropped }) }
    if (attempt.status().phase === 'waiting') {
      decision = taken
      return `${name}: taken.`
    }
    interruption = { kind: 'decided', decision: taken }
    interrupt()
    return `${name}: taken; the running step is being left.`
  }

  for (const [name, update, signal] of pairs) {
    setHandler(update, (input) => accept(name, input), {
      validator: (input) => {
        const refusal = refuse(name, input, { attempt, busy: decision !== null || interruption !== null })
        if (refusal !== null) throw new Error(refusal)
      },
    })
    setHandler(signal, (input) => {
      // A signal cannot be refused; one that does not fit now changes nothing.
      const state = { attempt, busy: decision !== null || interruption !== null }
      if (refuse(name, input, state) === null) accept(name, input)
    })
  }
  setHandler(messages.statusQuery, attempt.status)
  setHandler(messages.releaseSeenSignal, () => {})
  setHandler(messages.supersedeSignal, ({ tag }) => {
    const { phase, needs } = attempt.status()
    if (phase === 'pushing' || phase === 'ended' || interruption !== null) return
    // Only a person lets an alarm go, not a release that came after it.
    if (phase === 'waiting' && isAlarm(needs)) return
    interruption = { kind: 'superseded', tag }
    interrupt()
  })

  setHandler(messages.tagMovedSignal, () => {
    const { phase, needs } = attempt.status()
    // A push looks at the tag itself; an alarm that stands already is not asked twice.
    if (phase === 'pushing' || phase === 'ended' || isAlarm(needs) || interruption !== null) return
    interruption = { kind: 'tag-moved' }
    interrupt()
  })

  setHandler(messages.settingsSignal, (applied) => attempt.offer(applied))
  setHandler(messages.feedWordSignal, ({ objection }) => {
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
    nextDecision: async (question) => {
      const decided = () => decision !== null || interruption !== null
      // The pending timer's summary puts the question on the first page that the Web UI shows.
      while (!(await condition(decided, questionTimer, { summary: question }))) {}
      const next = takeInterruption() ?? decision
      decision = null
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

/** Says what is wrong with a decision and what is possible now; null when it can be taken. */
function refuse(
  name: DecisionName,
  input: unknown,
  state: { readonly attempt: Attempt; readonly busy: boolean },
): string | null {
  const { phase, needs, outcome } = state.attempt.status()
  if (phase === 'ended') return `The attempt has ended (${outcome}); nothing can be decided any more.`
  if (state.busy) return 'Another decision was taken a moment ago; look again with `undrift show`.'
  const rests = (state.attempt.status().resting ?? null) !== null
  if (phase === 'pushing' && !rests) return 'The candidate is being pushed; wait for the outcome.'
  const possible =
    phase === 'waiting' && needs !== null ? possibleAnswers(needs) : (['retry', 'skip', 'abort'] as const)
  if (!possible.includes(name as never)) {
    const doing = phase === 'waiting' ? `waits (${needs})` : `is ${phase}`
    return `The attempt ${doing}: ${name} is not possible now; possible are ${possible.join(', ')}.`
  }
  const { drop = [] } = readInput(input)
  if (drop.length > 0 && name !== 'resume') return `A patch is dropped with resume, not with ${name}.`
  for (const prefix of drop) {
    const found = named(state.attempt.status(), prefix).length
    if (found === 1) continue
    return `"${prefix}" is ${found === 0 ? 'no patch' : 'the beginning of several patches'} of this stack; see \`undrift show\`.`
  }
  const weight = (readInput(input).resolutions ?? []).reduce((sum, { pack }) => sum + pack.length, 0)
  if (weight > longestPacks) {
    return `The resolutions weigh ${weight} characters, more than ${longestPacks}; run \`undrift resolve --continue\` where the worker's data folder is.`
  }
  return null
}

/** The patches whose ids begin so. */
function named({ patches }: messages.AttemptStatus, prefix: string): readonly Oid[] {
  if (!/^[0-9a-f]{4,64}$/i.test(prefix)) return []
  return patches.flatMap(({ oid }) => (oid.startsWith(prefix.toLowerCase()) ? [oid] : []))
}

/** Takes from a message what has the right shape: anybody can send a signal with any input. */
function readInput(input: unknown): messages.DecisionInput {
  if (typeof input !== 'object' || input === null) return {}
  const { by, from, resolutions, drop } = input as Readonly<Record<string, unknown>>
  const step = steps.find((known) => known === from)
  return {
    ...(typeof by === 'string' ? { by: by.slice(0, 100) } : {}),
    ...(step === undefined ? {} : { from: step }),
    ...(Array.isArray(resolutions) ? { resolutions: resolutions.filter(isCarried) } : {}),
    ...(Array.isArray(drop) ? { drop: drop.map(String).slice(0, mostDrops) } : {}),
  }
}

function isCarried(value: unknown): value is CarriedResolution {
  const { oid, pack } = (value ?? {}) as Readonly<Record<string, unknown>>
  return typeof oid === 'string' && typeof pack === 'string'
}
