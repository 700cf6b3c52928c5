/** What sort of mistake a problem is; stands in the JSON form. */
export type FaultKind =
  | 'syntax'
  | 'duplicate-key'
  | 'unknown-key'
  | 'missing'
  | 'wrong-type'
  | 'bad-value'
  | 'bad-name'
  | 'bad-url'
  | 'bad-ref'
  | 'bad-duration'
  | 'unknown-reference'
  | 'duplicate'
  | 'secret'

/** What is wrong with one value. Invariant: no field repeats the value, which may be a secret. */
export interface Fault {
  readonly kind: FaultKind
  /** What is wrong, as a clause without a full stop. */
  readonly message: string
  readonly expected?: string
  readonly hint?: string
}
