import { watchId } from '../domain/ids.ts'
import { pollNowSignal } from '../workflows/messages.ts'
import type { Session } from './session.ts'

/** Makes the watch of an upstream look at its feed at once. Rejects with WorkflowNotFoundError when it is not watched. */
export function pollNow(session: Session, upstream: string): Promise<void> {
  return session.client.workflow.getHandle(watchId(upstream)).signal(pollNowSignal)
}
