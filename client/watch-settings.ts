import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js'
import { watchId } from '../domain/ids.ts'
import { configureSignal } from '../workflows/messages.ts'
import type { WatchSettings } from './changed-keys.ts'
import type { Session } from './session.ts'

/** What a running watch goes by, from its history, which is short; null where that does not tell. Needs no worker. */
export async function watchSettings(session: Session, upstream: string): Promise<WatchSettings | null> {
  try {
    const handle = session.client.workflow.getHandle(watchId(upstream))
    const { events } = await session.client.withDeadline(Date.now() + 5_000, () => handle.fetchHistory())
    const inputs = (events ?? []).flatMap((event) => {
      const signal = event.workflowExecutionSignaledEventAttributes
      const started = event.workflowExecutionStartedEventAttributes
      if (signal?.signalName === configureSignal.name) return [signal.input]
      return started ? [started.input] : []
    })
    const { loadedDataConverter, namespace } = session.client.options
    const place = { type: 'workflow', namespace, workflowId: handle.workflowId } as const
    // Anybody can send a signal: the last that is signed is what the watch goes by.
    for (const { payloads } of inputs.reverse().flatMap((each) => each ?? [])) {
      const [input] = await decodeArrayFromPayloads(loadedDataConverter, payloads, place)
      if (isSettings(input)) return input
    }
    return null
  } catch {
    // What changed is a kindness; that something did is known.
    return null
  }
}

function isSettings(value: unknown): value is WatchSettings {
  return typeof value === 'object' && value !== null && 'upstream' in value && 'forks' in value
}
