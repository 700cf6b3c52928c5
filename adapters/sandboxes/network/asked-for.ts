/** A connection that the box asked the proxy for. */
export interface AskedFor {
  /** `host:port`. */
  readonly place: string
  /** Why it was refused; null when it was allowed. */
  readonly refused: string | null
}
