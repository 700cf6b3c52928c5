import { WorkflowNotFoundError } from '@temporalio/common'
import { promoteId } from '../domain/ids.ts'
import { type PromoteResult, workflowTypes } from '../workflows/messages.ts'
import type { ListedAttempt } from './attempts.ts'
import type { Session } from './session.ts'

/** A move of the maintained branch that was made. */
export interface ListedPromotion {
  readonly id: string
  readonly at: string
}

/** The moves that the server remembers, the last of each release. Needs no worker. */
export async function listPromotions(session: Session): Promise<ReadonlyMap<string, ListedPromotion>> {
  const query = `WorkflowType = '${workflowTypes.promote}' AND ExecutionStatus = 'Completed'`
  const newest = new Map<string, ListedPromotion>()
  for await (const { workflowId: id, closeTime } of session.client.workflow.list({ query })) {
    const at = closeTime?.toISOString() ?? ''
    if ((newest.get(id)?.at ?? '') <= at) newest.set(id, { id, at })
  }
  return newest
}

/** The promotion of an attempt's candidate; null where there was none since it began. */
function promotionOf(
  { row }: ListedAttempt,
  promotions: ReadonlyMap<string, ListedPromotion>,
): ListedPromotion | null {
  const promotion = promotions.get(promoteId(row.fork, row.line, row.tag))
  return promotion !== undefined && promotion.at >= row.startedAt ? promotion : null
}

/** How the candidate of an attempt was promoted; null where it was not, since the attempt began. */
export async function promotionResultOf(
  session: Session,
  { row }: Pick<ListedAttempt, 'row'>,
): Promise<PromoteResult | null> {
  if (row.outcome !== 'changed') return null
  try {
    const handle = session.client.workflow.getHandle(promoteId(row.fork, row.line, row.tag))
    const { status, closeTime } = await handle.describe()
    if (status.name !== 'COMPLETED' || (closeTime?.toISOString() ?? '') < row.startedAt) return null
    return (await handle.result()) as PromoteResult
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

/** What the newest attempts of lines leave to a person although they have ended: candidates to promote, and what blocked them. */
export interface LeftToPerson {
  readonly offered: readonly ListedAttempt[]
  readonly blocked: readonly ListedAttempt[]
}

/** Looks at the newest attempt of each line. `attempts` are the newest first. */
export function leftToPerson(
  attempts: readonly ListedAttempt[],
  promotions: ReadonlyMap<string, ListedPromotion>,
): LeftToPerson {
  const lines = Map.groupBy(attempts, ({ row }) => `${row.fork}/${row.line}`)
  // What was left out or gave way to another says nothing of the line.
  const telling = [...lines.values()].flatMap((line) => {
    const newest = line.find(({ row }) => row.outcome !== 'skipped' && row.outcome !== 'superseded')
    return newest === undefined || newest.running ? [] : [newest]
  })
  return {
    offered: telling.filter(
      (attempt) => attempt.row.outcome === 'changed' && promotionOf(attempt, promotions) === null,
    ),
    blocked: telling.filter(({ row }) => row.outcome === 'blocked'),
  }
}
