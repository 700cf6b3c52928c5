import type { Payload, PayloadCodec } from '@temporalio/common'
import type { Seal } from '../domain/sealed.ts'
import type { Keyring } from './keyring.ts'

/** Where a payload belongs, as the SDK tells it; a signature for one place is none for another. */
type Place = Parameters<PayloadCodec['encode']>[1]

/** The fields of a payload's metadata that hold its signature. The data stays what it is, for whoever reads it in the Web UI. */
const fields = { signature: 'undrift-signature', key: 'undrift-key', at: 'undrift-at' } as const
const version = 'undrift-1'

export type Verdict =
  /** Around the value, for code that opens it with domain/sealed.ts. */
  | 'around'
  /** What nobody signed whose signature counts is left out; the rest comes as it is. */
  | 'only-signed'

/**
 * Signs what goes to the Temporal server and checks what comes from it. It never throws on what comes in: a message that
 * anybody can send must not stop the workflow that it is sent to.
 */
export function sealingCodec(ring: Keyring, verdict: Verdict): PayloadCodec {
  const open = verdict === 'around' ? around : onlySigned
  return {
    encode: async (payloads, place) => payloads.map((payload) => sealed(payload, place, ring)),
    decode: async (payloads, place) => payloads.map((payload) => open(payload, sealOf(payload, place, ring))),
  }
}

function sealed(payload: Payload, place: Place, ring: Keyring): Payload {
  const { at, signature } = ring.sign((at) => signedContent(payload, place, at))
  return {
    ...payload,
    metadata: {
      ...payload.metadata,
      [fields.signature]: signature,
      [fields.key]: Buffer.from(ring.own.id),
      [fields.at]: Buffer.from(at),
    },
  }
}

/** Who signed this payload for this place; null for nobody. */
function sealOf(payload: Payload, place: Place, ring: Keyring): Seal | null {
  const { [fields.signature]: signature, [fields.key]: key, [fields.at]: time } = payload.metadata ?? {}
  if (!signature || !key || !time) return null
  const [id, at] = [textOf(key), textOf(time)]
  return ring.check({ id, at, signature: bytesOf(signature), content: signedContent(payload, place, at) })
}

function signedContent({ data, metadata }: Payload, place: Place, at: string): Buffer {
  const { type = '', namespace = '', workflowId = '' } = place ?? {}
  const activity = place?.type === 'activity' ? (place.activityId ?? '') : ''
  const head = [version, at, type, namespace, workflowId, activity, textOf(metadata?.encoding)]
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytesOf(data)])
}

function around(payload: Payload, seal: Seal | null): Payload {
  const value = jsonOf(payload, seal)
  return json(`{"~seal":${JSON.stringify(seal)},"value":${value}}`)
}

function onlySigned(payload: Payload, seal: Seal | null): Payload {
  return seal === null ? json('null') : payload
}

/** The payload's value as JSON; what nobody signed need not be any. */
function jsonOf({ data, metadata }: Payload, seal: Seal | null): string {
  if (textOf(metadata?.encoding) !== 'json/plain' || !data) return 'null'
  const text = textOf(data)
  if (seal !== null) return text
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return 'null'
  }
}

function json(text: string): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(text) }
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytesOf(bytes).toString('utf8')
}

/** The SDK's decoder gives an empty array, not of bytes, where a field is empty. */
function bytesOf(bytes: Uint8Array | null | undefined): Buffer {
  return Buffer.from(bytes ?? [])
}
