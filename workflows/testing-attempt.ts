import type { RecordResult } from '../activities/record-types.ts'
import type { FetchResult, PushResult, RebaseResult } from '../activities/types.ts'
import { oid, place, type Script } from './testing.ts'

// Steps are scripted here, because a queue that nobody serves or a branch that moves at one exact moment cannot be had
// otherwise; the harness plays the same workflow on real repositories.

/** A release and a branch that are there. */
export const fetched: FetchResult = {
  kind: 'ready',
  release: { tag: 'v2.0.0', tagObject: oid('1'), commit: oid('2') },
  stackHead: oid('3'),
  contained: false,
  worker: place,
}
/** A stack that moved. */
export const replayed: RebaseResult = {
  kind: 'done',
  base: oid('4'),
  head: oid('5'),
  tree: oid('6'),
  patches: [],
}
/** A stack that stopped at a patch. */
export const conflict: RebaseResult = {
  kind: 'conflict',
  base: oid('4'),
  patch: { oid: oid('7'), subject: 'Greet in French' },
  lastGood: oid('8'),
  paths: [{ path: 'src/greet.ts', kind: 'content' }],
  patches: [],
  unsettled: [],
}
/** A candidate that got there. */
export const pushed: PushResult = { kind: 'pushed', candidates: [] }
const recorded: RecordResult = { entry: oid('b'), unpublished: [] }

/** Steps that all go well, but for what is given. */
export function script(overrides: Partial<Record<'git' | 'verify', object>> = {}): Script {
  return {
    control: { supersedeOlder: async () => [] },
    git: {
      fetchRelease: async () => fetched,
      rebaseStack: async () => replayed,
      pushCandidate: async () => pushed,
      recordAttempt: async () => recorded,
      ...overrides.git,
    },
    verify: {
      verifyCandidate: async () => ({ kind: 'passed' as const, tree: oid('6'), checks: [] }),
      ...overrides.verify,
    },
  }
}
