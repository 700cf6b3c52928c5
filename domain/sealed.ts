/**
 * What a message says of who made it. The codec of `seal/` checks the signature where a message comes in and puts the verdict
 * around its value; this file opens that, for workflows and activities alike.
 */

/** Who stands for a message: a key of the installation, or nobody. */
export type Proof =
  | {
      readonly kind: 'signed'
      /** The key's id. */
      readonly by: string
      /** When it was signed, ISO 8601. */
      readonly at: string
    }
  | { readonly kind: 'unsigned' }

/** What a key may sign: everything, or only what a check of untrusted code came to. */
export const keyKinds = ['installation', 'verify'] as const
export type KeyKind = (typeof keyKinds)[number]

/** What the codec found out about the signature of one payload. */
export interface Seal {
  readonly by: string
  readonly at: string
  readonly kind: KeyKind
}

/** A value as the codec hands it on. */
export interface Sealed {
  readonly '~seal': Seal | null
  readonly value: unknown
}

export const unsigned: Proof = { kind: 'unsigned' }

/** The id of the key that signed; null for nobody. */
export function signerOf(proof: Proof): string | null {
  return proof.kind === 'signed' ? proof.by : null
}

/** Stands in a message beside its own fields: what it is for, so that it cannot be sent again as another one. */
const labelKey = '~for'

export const labelOf = {
  start: (workflowType: string) => `start ${workflowType}`,
  signal: (name: string) => `signal ${name}`,
  update: (name: string) => `update ${name}`,
  activity: (type: string) => `activity ${type}`,
} as const

/** The arguments with a label in the first of them. One that is no object cannot be labelled, and counts as unsigned. */
export function labelled(args: readonly unknown[], label: string): unknown[] {
  const [first, ...rest] = args
  if (first !== undefined && first !== null && (typeof first !== 'object' || Array.isArray(first))) {
    return [...args]
  }
  return [{ ...first, [labelKey]: label }, ...rest]
}

export interface Opened {
  /** The first argument without its label; undefined where there was none. */
  readonly input: unknown
  readonly proof: Proof
}

/** The one argument of a message that was to be for this; what was signed for something else counts as unsigned. */
export function openMessage(args: readonly unknown[], label: string): Opened {
  const [first] = args
  if (!isSealed(first)) return { input: undefined, proof: unsigned }
  const { '~seal': seal, value } = first
  if (!isRecord(value)) return { input: value ?? undefined, proof: unsigned }
  const { [labelKey]: signedFor, ...input } = value
  if (seal === null || seal.kind !== 'installation' || signedFor !== label) return { input, proof: unsigned }
  return { input, proof: { kind: 'signed', by: seal.by, at: seal.at } }
}

/** An answer or a memo that somebody who may give it signed; undefined for any other. */
export function openAnswer(
  value: unknown,
  from: readonly KeyKind[],
): { readonly value: unknown } | undefined {
  if (!isSealed(value)) return undefined
  const { '~seal': seal, value: answer } = value
  // What goes into an activity is no answer of one, although it is signed for the same place.
  if (seal === null || !from.includes(seal.kind) || (isRecord(answer) && labelKey in answer)) return undefined
  return { value: answer }
}

function isSealed(value: unknown): value is Sealed {
  return isRecord(value) && '~seal' in value && 'value' in value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
