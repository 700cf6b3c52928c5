import { ActivityFailure, TimeoutFailure } from '@temporalio/common'
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
} from '@temporalio/workflow'
import type { Intervention, Need, Step } from '../domain/attempt.ts'
import { keepsReplay } from '../domain/changed-settings.ts'
import type { ErrorCode } from '../domain/errors.ts'
import { failureTypes } from '../domain/failure-types.ts'
import { intervention } from '../domain/interventions.ts'
import { weightOf } from '../domain/limits.ts'
import { usualPatienceSeconds } from '../domain/poll-memory.ts'
import { openAttempt } from './attempt.ts'
import { type Decision, type Interruption, openInbox } from './attempt-messages.ts'
import { runStep } from './attempt-steps.ts'
import { leaveRecord } from './leave-record.ts'
import { type AttemptStatus, type MadeDecision, type MaintainInput, resolutionsQuery } from './messages.ts'
import type { Next, StepState } from './step-state.ts'

/** How long a queue without a worker goes unnoticed, in minutes: soon at first, then rarely. */
const patienceMinutes = [2, 60, 6 * 60, 24 * 60]

/** Characters of a summary that the server surely takes. */
const longestSummary = 200

/**
 * The maintenance of one release for one line of one fork: fetch, rebase, verify, push, and every question to a person
 * between them. Outcomes `blocked` and `failed` close the workflow as Failed, so that the same id may be started again.
 */
export async function maintainRelease(input: MaintainInput): Promise<AttemptStatus> {
  const attempt = openAttempt(input)
  let running: CancellationScope | null = null
  const inbox = openInbox(attempt, () => running?.cancel())
  const state: StepState = {
    attempt,
    unserved: 0,
    patience: () => (patienceMinutes[Math.min(state.unserved, patienceMinutes.length - 1)] ?? 2) * 60_000,
    pushFailsSince: null,
    resolutions: [],
    takeWorkTree: false,
    resumedBy: 'a signal',
    approved: false,
    accepted: null,
    pending: [],
    made: null,
    contained: false,
    tree: null,
    replans: 0,
    despite: null,
    byHand: input.byHand === true,
    letGo: [],
    lifted: [],
  }
  setHandler(resolutionsQuery, () => state.resolutions)

  try {
    await play()
  } catch (error) {
    if (!isCancellation(error)) throw error
    attempt.end('failed', 'The workflow was cancelled.')
    await CancellationScope.nonCancellable(() => leaveRecord(attempt))
    throw error
  }
  await CancellationScope.nonCancellable(() => leaveRecord(attempt))
  await inbox.drained()
  return closed(attempt.status())

  /** Goes from step to step and from question to question until the attempt has an outcome. */
  async function play(): Promise<void> {
    let step: Step = 'fetch'
    while (true) {
      let next = await leaveOnInterruption(step)
      if (next.kind === 'ask') {
        const asked = intervention(next.need, next.question, {
          place: attempt.place(),
          evidence: next.evidence,
          drops: next.drops ?? [],
        })
        attempt.wait(asked)
        const answer = await inbox.nextDecision(firstLine(asked), next.drops ?? [])
        next = answered(answer, { step, asked: next }, state)
      }
      if (next.kind === 'end') {
        attempt.end(next.outcome, next.reason)
        return
      }
      step = next.step
    }
  }

  /** Rests after a push that did not reach a remote, unless it has failed for too long; a decision ends the rest. */
  async function restAfterOutage(error: unknown): Promise<boolean> {
    if (codeOf(error) !== 'UNDRIFT_E_REMOTE') {
      state.pushFailsSince = null
      return false
    }
    state.pushFailsSince ??= Date.now()
    const passed = Date.now() - state.pushFailsSince
    const left = outageMsOf(attempt.status()) - passed
    if (left <= 0) {
      state.pushFailsSince = null
      return false
    }
    const restMs = Math.min(Math.max(firstRestMs, passed), longestRestMs, left)
    attempt.rest({ message: messageOf(error), nextAt: new Date(Date.now() + restMs).toISOString() })
    await condition(inbox.isInterrupted, restMs, { summary: 'until the next push' })
    return !inbox.isInterrupted()
  }

  /** Runs a step; a decision or a newer release that comes meanwhile leaves it. */
  async function leaveOnInterruption(current: Step): Promise<Next> {
    const before = inbox.takeInterruption()
    if (before !== null) return interrupted(before, state, current)
    try {
      running = new CancellationScope()
      const next = await running.run(() => runStep(current, state))
      state.unserved = 0
      state.pushFailsSince = null
      // What the step decided stands when it finished before it could be left, except that nothing new is begun.
      const late = inbox.takeInterruption()
      return late !== null && next.kind !== 'end' ? interrupted(late, state, current) : next
    } catch (error) {
      const cause = inbox.takeInterruption()
      if (isCancellation(error) && cause !== null) return interrupted(cause, state, current)
      if (isCancellation(error)) throw error
      if (isUnserved(error)) {
        state.unserved += 1
        return { kind: 'go', step: current }
      }
      if (current === 'push' && (await restAfterOutage(error))) return { kind: 'go', step: current }
      const late = inbox.takeInterruption()
      return late === null ? afterFailure(current, error) : interrupted(late, state, current)
    } finally {
      running = null
    }
  }
}

/** How long a push rests after an outage that lasted for all its tries. */
const firstRestMs = 60_000
const longestRestMs = 30 * 60_000

/** A question and its first command in one line. */
function firstLine({ kind, options }: Intervention): string {
  return `needs ${kind}: ${options[0]?.commands[0] ?? ''}`.slice(0, longestSummary)
}

/** What an answer to a question leads to. */
function answered(
  answer: Decision | Interruption,
  stopped: { readonly step: Step; readonly asked: Extract<Next, { kind: 'ask' }> },
  state: StepState,
): Exclude<Next, { kind: 'ask' }> {
  const { step, asked } = stopped
  if ('kind' in answer) return interrupted(answer, state, step)
  const keeps = answer.name === 'approve' && asked.need === 'landed-with-changes'
  const keep = keeps ? (asked.drops ?? []).flatMap((commits) => commits.slice(0, 1)) : []
  const letGo = answer.name === 'approve' ? asked.alarm : undefined
  record(answer, state, { ...(keep.length === 0 ? {} : { keep }), ...(letGo === undefined ? {} : { letGo }) })
  switch (answer.name) {
    case 'resume':
      state.resolutions = [...state.resolutions, ...(answer.resolutions ?? [])]
      state.attempt.learn({
        dropped: [...new Set([...state.attempt.status().dropped, ...(answer.drop ?? [])])],
      })
      state.takeWorkTree = true
      state.resumedBy = answer.by ?? 'a signal'
      state.attempt.takeOffered()
      return { kind: 'go', step: 'fetch' }
    case 'retry':
      return retried(answer.from ?? step, state)
    case 'approve':
      // What it lets go may be another object than the one that the steps so far worked from.
      if (asked.alarm !== undefined) {
        state.letGo = [...state.letGo, asked.alarm]
        return { kind: 'go', step: 'fetch' }
      }
      if (asked.weight !== undefined) {
        state.lifted = [...state.lifted, asked.weight]
        return { kind: 'go', step }
      }
      // A replay that a person finds right goes on to its checks; a candidate goes out.
      if (step === 'rebase') {
        state.accepted = state.attempt.status().head
        return { kind: 'go', step: 'verify' }
      }
      state.despite = state.attempt.status().objection?.why ?? null
      if (asked.need !== 'withdrawn') state.approved = true
      return { kind: 'go', step }
    case 'skip':
    case 'abort':
      return left(answer)
  }
}

function interrupted(cause: Interruption, state: StepState, current: Step): Exclude<Next, { kind: 'ask' }> {
  if (cause.kind === 'tag-moved') return { kind: 'go', step: 'fetch' }
  if (cause.kind === 'superseded') {
    return {
      kind: 'end',
      outcome: 'superseded',
      reason: `${cause.tag} took over before anything was pushed.`,
    }
  }
  record(cause.decision, state)
  if (cause.decision.name === 'retry') return retried(cause.decision.from ?? current, state)
  return left(cause.decision)
}

/** Begins again with a step, by the settings of a config that was applied meanwhile. */
function retried(step: Step, { attempt }: StepState): Extract<Next, { kind: 'go' }> {
  return { kind: 'go', step: keepsReplay(attempt.takeOffered()) ? step : 'fetch' }
}

function left(decision: Decision): Extract<Next, { kind: 'end' }> {
  const by = decision.by ?? 'a signal'
  return decision.name === 'skip'
    ? { kind: 'end', outcome: 'skipped', reason: `Skipped by ${by}.` }
    : { kind: 'end', outcome: 'failed', reason: `Given up by ${by}.` }
}

function record(
  decision: Decision,
  state: StepState,
  effect: Pick<MadeDecision, 'keep' | 'letGo'> = {},
): void {
  const at = new Date(Date.now()).toISOString()
  const { name, by = 'a signal', signedBy, drop = [] } = decision
  state.attempt.decided({ name, by, at, signedBy, ...(drop.length === 0 ? {} : { drop }), ...effect })
}

/** A queue that no worker serves: the attempt goes on waiting, and says so. */
function isUnserved(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === 'SCHEDULE_TO_START'
  )
}

/** How long an outage is retried before a person is asked; the upstream's `patience`, or a day. */
function outageMsOf({ settings }: AttemptStatus): number {
  return (settings.upstream.patienceSeconds ?? usualPatienceSeconds) * 1000
}

/** A step that failed for good is a person's to look at. */
function afterFailure(step: Step, error: unknown): Next {
  if (!(error instanceof ActivityFailure)) throw error
  const [code, message] = [codeOf(error), messageOf(error)]
  const { cause } = error
  const reason = cause instanceof ApplicationFailure ? cause.details?.[0] : null
  const weight = code === 'UNDRIFT_E_TOO_HEAVY' ? weightOf(String(reason)) : null
  if (weight !== null) {
    const question = `${message} Accept this weight for this attempt?`
    return { kind: 'ask', need: 'too-heavy', question, evidence: [], weight }
  }
  return {
    kind: 'ask',
    need: needAfter(code),
    question: `The step ${step} failed: ${message}`,
    evidence: code === undefined ? [] : [code],
  }
}

function codeOf(error: unknown): ErrorCode | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : error
  return cause instanceof ApplicationFailure ? (cause.type as ErrorCode | undefined) : undefined
}

function messageOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}

function needAfter(code: ErrorCode | undefined): Need {
  if (code === 'UNDRIFT_E_MOVED') return 'remote-moved'
  if (code === 'UNDRIFT_E_UNSIGNED') return 'unsigned'
  return code === 'UNDRIFT_E_AUTH' || code === 'UNDRIFT_E_SECRET' ? 'credentials' : 'step-failed'
}

function closed(status: AttemptStatus): AttemptStatus {
  if (status.outcome === 'blocked' || status.outcome === 'failed') {
    throw ApplicationFailure.create({
      type: status.outcome === 'blocked' ? failureTypes.blocked : failureTypes.failed,
      message: status.reason,
      nonRetryable: true,
      details: [status],
    })
  }
  return status
}
