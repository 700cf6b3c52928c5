import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { failureTypes } from '../domain/failure-types.ts'
import type { ResolutionPack } from '../git/index.ts'
import { type AttemptStatus, resolutionsQuery, statusQuery } from '../workflows/messages.ts'
import type { AttemptRow, ListedAttempt } from './attempts.ts'
import { isWorkerSilent } from './server-failure.ts'
import { askWorker, type Session } from './session.ts'

/** All that is known of one attempt. */
export interface AttemptDetails {
  readonly row: AttemptRow
  /** Null for one that was ended from outside before it could say anything, and that no worker can replay. */
  readonly status: AttemptStatus | null
  /** Why there is no status, where that is known. */
  readonly note?: string
}

const unsignedEnd = 'How it ended is not signed by a key that this data folder trusts.'

/** Reads an attempt: a running one from a worker, within these seconds; an ended one from its result. */
export async function attemptDetails(
  session: Session,
  listed: ListedAttempt,
  options: { readonly seconds: number } = { seconds: 10 },
): Promise<AttemptDetails> {
  const handle = session.client.workflow.getHandle(listed.row.id, listed.runId)
  const ask = () => handle.query<AttemptStatus>(statusQuery.name)
  if (listed.running) return fromStatus(listed, await askWorker(session, ask, options))
  try {
    const status = (await handle.result()) as AttemptStatus | null
    if (status === null) return { row: listed.row, status, note: unsignedEnd }
    return fromStatus(listed, status)
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const status = statusIn(error)
    if (status !== null) return fromStatus(listed, status)
    const note = noteIn(error)
    if (note !== null) return { row: listed.row, status: null, note }
  }
  // Terminated or cancelled: only a replay of its history can tell how far it came.
  const replayed = await askWorker(session, ask, { seconds: 3 }).catch((error: unknown) => {
    if (isWorkerSilent(error)) return null
    throw error
  })
  return { row: listed.row, status: replayed }
}

/** The resolutions that a running attempt's replay works with: this machine may not know of them. */
export async function carriedResolutions(
  session: Session,
  listed: ListedAttempt,
): Promise<readonly ResolutionPack[]> {
  const handle = session.client.workflow.getHandle(listed.row.id, listed.runId)
  return askWorker(session, () => handle.query<readonly ResolutionPack[]>(resolutionsQuery.name))
}

/** The same for a listing of many: what the server's list knows must do where no worker answers soon. */
export async function attemptDetailsIfAnswered(
  session: Session,
  listed: ListedAttempt,
): Promise<AttemptDetails> {
  try {
    return await attemptDetails(session, listed, { seconds: 4 })
  } catch (error) {
    if (isWorkerSilent(error)) return { row: listed.row, status: null }
    throw error
  }
}

function fromStatus(listed: ListedAttempt, status: AttemptStatus): AttemptDetails {
  const { id, fork, line, tag, phase, outcome, needs, startedAt, updatedAt } = status
  // What a workflow tells of itself is newer than the server's list, unless it was ended from outside.
  if (!listed.running && phase !== 'ended') return { row: listed.row, status }
  return { row: { id, fork, line, tag, phase, outcome, needs, startedAt, updatedAt }, status }
}

/** Blocked and failed attempts close as failures that carry the status. */
function statusIn(error: WorkflowFailedError): AttemptStatus | null {
  const status = error.cause instanceof ApplicationFailure ? error.cause.details?.[0] : null
  return isStatus(status) ? status : null
}

/** What an attempt says that was refused before it could begin; a failure that it signed needs no such note. */
function noteIn({ cause }: WorkflowFailedError): string | null {
  if (!(cause instanceof ApplicationFailure)) return null
  if (cause.type === 'UNDRIFT_E_UNSIGNED') return cause.message
  return cause.type === failureTypes.blocked || cause.type === failureTypes.failed ? unsignedEnd : null
}

function isStatus(value: unknown): value is AttemptStatus {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'attempt'
}
