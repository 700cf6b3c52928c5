import { setCurrentDetails, workflowInfo } from '@temporalio/workflow'
import type { Intervention, Outcome, Phase } from '../domain/attempt.ts'
import { changedKeys, offeredSettings } from '../domain/changed-settings.ts'
import type { InterventionPlace } from '../domain/interventions.ts'
import { rowText } from '../domain/row-text.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { attemptDetails, placeOf } from './attempt-details.ts'
import type { AttemptStatus, MaintainInput } from './messages.ts'
import { showInLists } from './search-attributes.ts'

/** What a step may change in the standing of its attempt. */
export type Progress = Partial<
  Pick<
    AttemptStatus,
    | 'release'
    | 'objection'
    | 'signer'
    | 'base'
    | 'onto'
    | 'stackHead'
    | 'standsOn'
    | 'head'
    | 'patches'
    | 'leftOut'
    | 'dropped'
    | 'checks'
    | 'conflict'
    | 'candidates'
    | 'worker'
    | 'reason'
  >
>

/** The standing of one attempt: what `status` answers, what the Web UI shows and what the workflow returns. */
export interface Attempt {
  readonly status: () => AttemptStatus
  /** What commands that are shown to a person must name. */
  readonly place: () => InterventionPlace
  /** Takes over what a step found out. Writes no history. */
  readonly learn: (progress: Progress) => void
  readonly enter: (phase: Exclude<Phase, 'waiting' | 'ended'>, reason: string) => void
  /** Keeps the settings of a config that was applied meanwhile, and says so in the question that waits. */
  readonly offer: (applied: AttemptSettings) => void
  /** Takes them over, where there are any; the keys that changed. */
  readonly takeOffered: () => readonly string[]
  /** What a step waits for before its next try. */
  readonly rest: (resting: NonNullable<AttemptStatus['resting']>) => void
  readonly wait: (intervention: Intervention) => void
  readonly decided: (decision: AttemptStatus['decisions'][number]) => void
  readonly end: (outcome: Outcome, reason: string) => void
}

const keptDecisions = 50

/** Begins the record of an attempt. */
export function openAttempt(input: MaintainInput): Attempt {
  let status = firstStatus(input)
  let listed = ''
  let offered: AttemptSettings | null = null

  function change(changes: Partial<AttemptStatus>): void {
    status = { ...status, ...changes, updatedAt: now() }
    setCurrentDetails(attemptDetails(status))
    const question = status.intervention === null ? null : rowText(status.intervention.question)
    const standing = `${status.phase}|${status.outcome}|${status.needs}|${question}`
    if (standing === listed) return
    const first = listed === ''
    listed = standing
    const { upstream, fork, tag, phase, outcome, needs } = status
    showInLists(
      { ...(first ? { upstream, fork, release: tag } : {}), phase, outcome, needs, question },
      new Date(status.updatedAt),
    )
  }

  return {
    status: () => status,
    place: () => placeOf(status),
    learn: (progress) => change(progress),
    enter: (phase, reason) =>
      change({ phase, reason, outcome: null, needs: null, intervention: null, resting: null }),
    rest: (resting) =>
      change({ resting, reason: `${resting.message} The next try is at ${resting.nextAt}.` }),
    offer: (applied) => {
      const next = offeredSettings(status.settings, applied)
      const changedSettings = changedKeys(status.settings, next)
      offered = changedSettings.length === 0 ? null : next
      const { intervention } = status
      change({
        changedSettings,
        intervention: intervention && withOffer(intervention, changedSettings),
      })
    },
    takeOffered: () => {
      const keys = status.changedSettings ?? []
      if (offered !== null) change({ settings: offered, changedSettings: [] })
      offered = null
      return keys
    },
    wait: (intervention) =>
      change({
        phase: 'waiting',
        outcome: 'needs_intervention',
        resting: null,
        needs: intervention.kind,
        reason: intervention.question,
        intervention: withOffer(intervention, status.changedSettings ?? []),
      }),
    decided: (decision) => change({ decisions: [...status.decisions, decision].slice(-keptDecisions) }),
    end: (outcome, reason) => change({ phase: 'ended', outcome, reason, needs: null, intervention: null }),
  }
}

const offerWords = 'The config has changed since: '

/** A question that says which settings `retry` takes over. */
function withOffer(intervention: Intervention, keys: readonly string[]): Intervention {
  const evidence = intervention.evidence.filter((line) => !line.startsWith(offerWords))
  if (keys.length === 0) return { ...intervention, evidence }
  return { ...intervention, evidence: [...evidence, `${offerWords}\`retry\` takes ${keys.join(', ')}.`] }
}

function firstStatus(input: MaintainInput): AttemptStatus {
  const { upstream, fork } = input.settings
  return {
    kind: 'attempt',
    id: workflowInfo().workflowId,
    upstream: upstream.name,
    fork: fork.name,
    line: fork.line,
    tag: input.release.tag,
    phase: 'fetching',
    outcome: null,
    needs: null,
    reason: 'The release was noticed.',
    startedAt: now(),
    updatedAt: now(),
    release: null,
    base: null,
    onto: null,
    stackHead: null,
    head: null,
    patches: [],
    dropped: [],
    checks: [],
    conflict: null,
    intervention: null,
    candidates: [],
    worker: null,
    decisions: [],
    settings: input.settings,
  }
}

/** Workflow time: the SDK replaces the clock by the history's. */
function now(): string {
  return new Date(Date.now()).toISOString()
}
