import type { AttemptStatus } from '../../../workflows/messages.ts'
import type { AttemptDetails } from '../../attempt-details.ts'
import type { AttemptRow } from '../../attempts.ts'
import type { ListedWatch, UpstreamRow } from '../../watch-row.ts'

/** The moment that all views are made at. */
export const now = new Date('2026-05-01T12:00:00.000Z')
/** A commit id of one digit. */
export const oid = (digit: string) => digit.repeat(40)

/** A row that waits on a conflict, with these changes. */
export function row(changes: Partial<AttemptRow> = {}): AttemptRow {
  return {
    id: 'maintain/my-codex/main/rust-v1.2.0',
    fork: 'my-codex',
    line: 'main',
    tag: 'rust-v1.2.0',
    phase: 'waiting',
    outcome: 'needs_intervention',
    needs: 'conflict',
    startedAt: '2026-05-01T11:00:00.000Z',
    updatedAt: '2026-05-01T11:55:00.000Z',
    ...changes,
  }
}

/** An upstream that is polled and has nothing to say, with these changes. */
export function upstreamRow(changes: Partial<UpstreamRow> = {}): UpstreamRow {
  return {
    name: 'codex',
    phase: 'polling',
    needs: null,
    lastPollAt: '2026-05-01T11:57:00.000Z',
    nextPollAt: '2026-05-01T12:07:00.000Z',
    lastSuccessAt: '2026-05-01T11:57:00.000Z',
    lastRelease: 'rust-v1.2.0',
    failures: 0,
    failure: null,
    lines: [{ line: 'my-codex/main', lastRelease: 'rust-v1.2.0' }],
    waiting: [],
    holds: [],
    alarms: [],
    questions: [],
    silence: [],
    skippedAtFirst: 0,
    ...changes,
  }
}

/** A watch with that row. */
export function watch(changes: Partial<UpstreamRow> = {}, more: Partial<ListedWatch> = {}): ListedWatch {
  return { row: upstreamRow(changes), configDigest: null, lastFailure: null, standing: null, ...more }
}

/** The attempt of that row in full, with these changes. */
export function details(
  changes: Partial<AttemptRow> = {},
  more: Partial<AttemptStatus> = {},
): AttemptDetails {
  const shown = row(changes)
  const status: Omit<AttemptStatus, 'settings'> = {
    kind: 'attempt',
    upstream: 'codex',
    reason: 'The patch bbbbbbbbbb "Raise the limit" conflicts with rust-v1.2.0. How is it settled?',
    release: null,
    base: oid('0'),
    onto: oid('1'),
    stackHead: oid('2'),
    head: null,
    patches: [
      {
        oid: oid('a'),
        subject: 'Add a greeting',
        verdict: 'unchanged',
        newOid: oid('c'),
        reason: 'the same diff',
      },
      {
        oid: oid('b'),
        subject: 'Raise the limit',
        verdict: 'conflict',
        newOid: null,
        reason: 'lib/limits.sh: content',
      },
      { oid: oid('d'), subject: 'Name our hosts', verdict: null, newOid: null, reason: 'behind a conflict' },
    ],
    dropped: [],
    checks: [],
    conflict: {
      patch: { oid: oid('b'), subject: 'Raise the limit' },
      lastGood: oid('c'),
      paths: [{ path: 'lib/limits.sh', kind: 'content' }],
    },
    intervention: {
      kind: 'conflict',
      question: 'The patch bbbbbbbbbb "Raise the limit" conflicts with rust-v1.2.0. How is it settled?',
      evidence: ['content: lib/limits.sh'],
      options: [
        {
          name: 'resume',
          effect: 'settle the conflict in a work tree, then replay the rest of the stack',
          commands: [
            'undrift resolve maintain/my-codex/main/rust-v1.2.0',
            'undrift resolve maintain/my-codex/main/rust-v1.2.0 --continue',
            'temporal workflow signal --workflow-id maintain/my-codex/main/rust-v1.2.0 --name resume',
          ],
        },
        {
          name: 'skip',
          effect: 'leave this release out',
          commands: ['undrift skip maintain/my-codex/main/rust-v1.2.0'],
        },
      ],
    },
    candidates: [],
    worker: null,
    decisions: [],
    ...shown,
    ...more,
  }
  return { row: shown, status: status as AttemptStatus }
}
