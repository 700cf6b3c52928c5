import { setTimeout as sleep } from 'node:timers/promises'
import { defaultPayloadConverter } from '@temporalio/common'
import type { AttemptStatus } from '../workflows/messages.ts'
import { type AttemptDetails, attemptDetails } from './attempt-details.ts'
import { type ListedAttempt, toListed } from './attempts.ts'
import { isWorkerSilent } from './server-failure.ts'
import type { Session } from './session.ts'

/** What the running step says of itself: patches replayed, or commands run. */
export interface StepProgress {
  readonly done: number
  readonly total: number
  /** What is done, such as `fetching codex`; null where an older worker does not say. */
  readonly what: string | null
}

/** One look at an attempt that is under way. */
export interface AttemptView {
  /** Null while no worker answers. */
  readonly status: AttemptStatus | null
  readonly progress: StepProgress | null
}

export interface FollowOptions {
  /** Ends the watching, not the attempt. */
  readonly signal: AbortSignal
  readonly onView: (view: AttemptView) => void
  /** A question that was asked at this time is answered already: go on until another one stands. */
  readonly answered?: string
}

export type Followed =
  | { readonly kind: 'stands'; readonly details: AttemptDetails }
  | { readonly kind: 'interrupted'; readonly status: AttemptStatus | null }

/** Watches an attempt until it has ended or waits for a person. */
export async function followAttempt(session: Session, id: string, options: FollowOptions): Promise<Followed> {
  const { signal } = options
  const began = Date.now()
  let last: AttemptStatus | null = null
  while (!signal.aborted) {
    try {
      const look = await session.client.withAbortSignal(signal, () => lookAt(session, id))
      if (look.details !== null && stands(look, options.answered))
        return { kind: 'stands', details: look.details }
      last = look.details?.status ?? last
      options.onView({ status: look.details?.status ?? null, progress: look.progress })
      await sleep(pause(Date.now() - began), undefined, { signal })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }
  return { kind: 'interrupted', status: last }
}

interface Look {
  readonly running: boolean
  /** Null while no worker answers. */
  readonly details: AttemptDetails | null
  readonly progress: StepProgress | null
}

async function lookAt(session: Session, id: string): Promise<Look> {
  const description = await session.client.workflow.getHandle(id).describe()
  const listed = toListed(description)
  return {
    running: listed.running,
    details: await detailsOrSilence(session, listed),
    progress: progressOf(description.raw.pendingActivities),
  }
}

async function detailsOrSilence(session: Session, listed: ListedAttempt): Promise<AttemptDetails | null> {
  try {
    return await attemptDetails(session, listed)
  } catch (error) {
    if (listed.running && isWorkerSilent(error)) return null
    throw error
  }
}

function stands({ running, details }: Look, answered: string | undefined): boolean {
  if (!running) return true
  return details?.row.phase === 'waiting' && details.row.updatedAt !== answered
}

/** Half a second while a person looks on; slower when the attempt takes its time. */
function pause(elapsed: number): number {
  if (elapsed < 60_000) return 500
  return elapsed < 600_000 ? 1000 : 3000
}

function progressOf(
  pending: readonly { heartbeatDetails?: { payloads?: unknown } | null }[] | null | undefined,
): StepProgress | null {
  for (const activity of pending ?? []) {
    const payloads = activity.heartbeatDetails?.payloads
    if (!Array.isArray(payloads) || payloads.length === 0) continue
    const details: unknown = defaultPayloadConverter.fromPayload(payloads[0])
    if (typeof details !== 'object' || details === null) continue
    const { done, total, what } = details as Readonly<Record<keyof StepProgress, unknown>>
    if (typeof done === 'number' && typeof total === 'number')
      return { done, total, what: typeof what === 'string' ? what : null }
  }
  return null
}
