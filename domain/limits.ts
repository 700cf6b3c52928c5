/** How much an upstream or a fork may bring, and how long a talk with its host may take. */
export interface Limits {
  /** Files, symlinks and submodules of one tree. */
  readonly paths: number
  /** The target of one symlink. */
  readonly symlinkBytes: number
  /** All files of one tree. */
  readonly checkoutBytes: number
  /** What one fetch brings. */
  readonly packBytes: number
  /** One file that has to be merged. */
  readonly blobBytes: number
  /** One git process that talks to a host. */
  readonly deadlineSeconds: number
  /** How long it may go on without a byte. */
  readonly idleSeconds: number
}

export const defaultLimits: Limits = {
  paths: 2_000_000,
  symlinkBytes: 4_000,
  checkoutBytes: 4_000_000_000,
  packBytes: 8_000_000_000,
  blobBytes: 64_000_000,
  deadlineSeconds: 600,
  idleSeconds: 120,
}

/** What can be too heavy; a person may let each pass for one attempt. */
export const weights = ['paths', 'symlink', 'checkout', 'pack', 'blob'] as const
export type Weight = (typeof weights)[number]

const limitOf = {
  paths: 'paths',
  symlink: 'symlinkBytes',
  checkout: 'checkoutBytes',
  pack: 'packBytes',
  blob: 'blobBytes',
} as const satisfies Record<Weight, keyof Limits>

/** The limits of an upstream, without those that a person lifted. */
export function effectiveLimits(limits: Limits | undefined, lifted: readonly Weight[] = []): Limits {
  const without = lifted.map((weight) => [limitOf[weight], Number.POSITIVE_INFINITY] as const)
  return { ...(limits ?? defaultLimits), ...Object.fromEntries(without) }
}

/** The reason of the error about something that is too heavy. */
export function weightReason(weight: Weight): string {
  return `too-heavy-${weight}`
}

/** What was too heavy, from the reason of an error; null where it says something else. */
export function weightOf(reason: string | null | undefined): Weight | null {
  return weights.find((weight) => weightReason(weight) === reason) ?? null
}
