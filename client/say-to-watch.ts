import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import { UndriftError } from '../domain/errors.ts'
import { watchId } from '../domain/ids.ts'
import type { AcceptTagInput, HoldInput, ReleaseInput, SetLineInput } from '../workflows/messages.ts'
import { askWorker, type Session } from './session.ts'

/** A person's word to a watch; the names are those of its messages. */
export type SaidToWatch =
  | { readonly name: 'hold'; readonly input: HoldInput }
  | { readonly name: 'release'; readonly input: ReleaseInput }
  | { readonly name: 'acceptTag'; readonly input: AcceptTagInput }
  | { readonly name: 'setLine'; readonly input: SetLineInput }

/** Says it and returns the answering sentence; UNDRIFT_E_REFUSED with the reason when it is not taken. */
export async function sayToWatch(
  session: Session,
  upstream: string,
  { name, input }: SaidToWatch,
): Promise<string> {
  const handle = session.client.workflow.getHandle(watchId(upstream))
  try {
    return await askWorker(session, () => handle.executeUpdate<string, [object]>(name, { args: [input] }))
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw new UndriftError('UNDRIFT_E_REFUSED', error.cause?.message ?? error.message, {
        cause: error,
        hint: 'See where it stands: undrift status',
      })
    }
    if (error instanceof WorkflowNotFoundError) {
      throw new UndriftError('UNDRIFT_E_NOT_FOUND', `The upstream \`${upstream}\` is not watched any more.`, {
        cause: error,
      })
    }
    throw error
  }
}
