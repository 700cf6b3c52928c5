import type { Client } from '@temporalio/client'
import { fromPayloadsAtIndex, type Payload } from '@temporalio/common'

/** Decodes a payload of a raw answer as the client decodes all others; `place` is where it was signed for. */
export async function decodePayload<T>(
  client: Client,
  payload: Payload,
  place: { readonly workflowId: string; readonly activityId: string },
): Promise<T> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter
  const context = { type: 'activity', namespace: client.options.namespace, isLocal: false, ...place } as const
  let decoded = [payload]
  for (const codec of [...payloadCodecs].reverse()) decoded = await codec.decode(decoded, context)
  return fromPayloadsAtIndex<T>(payloadConverter, 0, decoded)
}
