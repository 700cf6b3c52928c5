import type { WorkflowExecutionInfo } from '@temporalio/client'
import { type Need, needs, type Outcome, outcomes, type Phase, phases } from '../domain/attempt.ts'
import { readMaintainId } from '../domain/ids.ts'
import { workflowTypes } from '../workflows/messages.ts'
import { searchKeys } from './search-attributes.ts'
import type { Session } from './session.ts'
import type { StepRetry } from './step-retry.ts'

/** One attempt as every listing shows it; the shape of `status --json`. */
export interface AttemptRow {
  readonly id: string
  readonly fork: string
  readonly line: string
  readonly tag: string
  readonly phase: Phase
  readonly outcome: Outcome | null
  readonly needs: Need | null
  readonly startedAt: string
  readonly updatedAt: string
  /** Why its step is tried again, and when; absent or null where it is not. */
  readonly retrying?: StepRetry | null
}

/** An attempt in the server's list. */
export interface ListedAttempt {
  readonly row: AttemptRow
  readonly runId: string
  readonly upstream: string | null
  readonly running: boolean
}

/** Every attempt that the server remembers, newest first. Needs no worker. */
export async function listAttempts(session: Session, filter = ''): Promise<readonly ListedAttempt[]> {
  const query = `WorkflowType = '${workflowTypes.maintain}'${filter === '' ? '' : ` AND ${filter}`}`
  const newest = new Map<string, ListedAttempt>()
  // A release that was blocked or failed may have been tried again under the same id: the last run counts.
  for await (const info of session.client.workflow.list({ query })) {
    const listed = toListed(info)
    const other = newest.get(listed.row.id)
    if (other === undefined || listed.row.startedAt > other.row.startedAt) newest.set(listed.row.id, listed)
  }
  return [...newest.values()].sort((left, right) => right.row.startedAt.localeCompare(left.row.startedAt))
}

/** The part of an execution that its row is made of; the server's list and its description both have it. */
type Execution = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'status' | 'startTime' | 'typedSearchAttributes'
> & {
  readonly closeTime?: Date | undefined
}

/** An execution as an attempt: from its search attributes, so that it can be read with no worker up. */
export function toListed(info: Execution): ListedAttempt {
  const attributes = info.typedSearchAttributes
  const running = info.status.name === 'RUNNING' || info.status.name === 'PAUSED'
  const parts = partsOf(info.workflowId)
  const ended = info.closeTime ?? info.startTime
  return {
    runId: info.runId,
    upstream: attributes.get(searchKeys.upstream) ?? null,
    running,
    row: {
      id: info.workflowId,
      fork: attributes.get(searchKeys.fork) ?? parts.fork,
      line: parts.line,
      tag: attributes.get(searchKeys.release) ?? parts.tag,
      phase: running ? known(phases, attributes.get(searchKeys.phase), 'fetching') : 'ended',
      outcome: known(outcomes, attributes.get(searchKeys.outcome), running ? null : endOf(info)),
      needs: needOf(running, attributes.get(searchKeys.needs)),
      startedAt: info.startTime.toISOString(),
      updatedAt: (attributes.get(searchKeys.updatedAt) ?? ended).toISOString(),
    },
  }
}

/** What an attempt needs: nothing any more when it has ended, except that an alarm about its settings stands. */
function needOf(running: boolean, word: string | undefined): Need | null {
  const need = known(needs, word, null)
  return running || need === 'unsigned' ? need : null
}

/** What an execution that was ended from outside, before it could say how, comes to. */
function endOf(info: Execution): Outcome | null {
  return info.status.name === 'COMPLETED' ? null : 'failed'
}

/** Fork, line and tag as an attempt's id spells them. */
function partsOf(id: string): { readonly fork: string; readonly line: string; readonly tag: string } {
  const { fork, line, tag } = readMaintainId(id)
  return { fork, line, tag: decodeTag(tag) }
}

/** The tag that a segment of an id names; the segment itself where a long tag was cut. */
export function decodeTag(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function known<T extends string, F>(words: readonly T[], word: string | undefined, fallback: F): T | F {
  return words.find((candidate) => candidate === word) ?? fallback
}
