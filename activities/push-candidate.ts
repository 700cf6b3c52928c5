import type { Candidate } from '../domain/attempt.ts'
import { candidateRef } from '../domain/candidate.ts'
import { UndriftError } from '../domain/errors.ts'
import type { Remote } from '../domain/settings.ts'
import { publishRemotes, sourceRemote } from '../domain/source-remote.ts'
import {
  listRemote,
  type Mirror,
  notesRef,
  type PushedStep,
  type PushStep,
  pushAll,
  readRef,
  treeOf,
  updateRefs,
  wayPatterns,
  wordsInTheWay,
} from '../git/index.ts'
import { notesUpdate } from './attempt-notes.ts'
import { attemptRef } from './attempt-refs.ts'
import { candidateUrl } from './candidate-url.ts'
import type { ActivityDeps } from './deps.ts'
import { movedSinceFetched } from './release-integrity.ts'
import { ensureReplayed } from './replay-stack.ts'
import { accessTo } from './secrets.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'
import type { PushInput, PushResult } from './types.ts'

/**
 * Pushes the candidate to every remote, in order. Doing it again changes nothing: each remote is asked first where its ref
 * is, and only a ref that is missing or that this line pushed before is moved, with its old value named.
 */
export async function pushCandidate(
  input: PushInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<PushResult> {
  const { fork } = input.settings
  const mirror = await openStepMirror(input, deps, step)
  await ensureReplayed(mirror, input, { deps, step })
  const tree = await treeOf(mirror, input.head)
  if (tree !== input.tree) {
    throw new UndriftError(
      'UNDRIFT_E_INTEGRITY',
      `The tree ${input.tree} passed the checks, and ${tree} would be pushed.`,
    )
  }
  const source = `refs/heads/${fork.branch}`
  const { there: branch } = await standingOn(mirror, sourceRemote(fork), { ref: source, deps })
  if (branch !== input.stackHead) return { kind: 'branch-moved', actual: branch }
  const moved = await movedSinceFetched(mirror, input, deps)
  if (moved !== null) return moved

  const ref = candidateRef(fork, input.tag)
  const remotes = publishRemotes(fork)
  const candidates: Candidate[] = []
  const steps: PushStep[] = []
  // All are looked at before one is moved: a value that this line did not push is somebody's work.
  for (const remote of remotes) {
    const { there, notes, inTheWay } = await standingOn(mirror, remote, { ref, deps })
    if (inTheWay !== null) return { kind: 'refused', remote: remote.name, words: inTheWay, candidates }
    if (there !== null && there !== input.head && !(await isOurs(mirror, input, { remote, oid: there }))) {
      return { kind: 'candidate-moved', remote: remote.name, ref, actual: there, candidates }
    }
    const own = there === input.head ? [] : [{ ref, to: input.head, expected: there }]
    const updates = [...own, ...(await notesUpdate(mirror, input, { remote, there: notes, deps }))]
    steps.push({ access: accessTo(remote, deps), updates })
  }
  for (const remote of remotes) await remember(mirror, input, remote)
  const onStep = ({ remote: name, outcome }: PushedStep) => {
    const remote = remotes.find((each) => each.name === name)
    if (remote === undefined || (outcome.kind !== 'pushed' && outcome.kind !== 'already-there')) return
    step.report({ done: candidates.length + 1, total: remotes.length, what: `pushed to ${name}` })
    candidates.push({
      kind: 'branch',
      ref,
      remote: name,
      repo: remote.url,
      sha: input.head,
      url: candidateUrl(remote.url, ref),
      pushed: true,
    })
  }
  for (const { remote, outcome } of await pushAll(mirror, steps, { onStep })) {
    switch (outcome.kind) {
      case 'stale':
        if (outcome.ref !== ref) throw notesMoved(remote)
        return { kind: 'candidate-moved', remote, ref, actual: outcome.actual, candidates }
      case 'rejected':
        return { kind: 'refused', remote, words: outcome.words.slice(0, 2048), candidates }
      case 'failed':
        throw outcome.error
      case 'pushed':
      case 'already-there':
      case 'not-tried':
    }
  }
  return { kind: 'pushed', candidates }
}

/** Whether the mirror remembers that this line pushed this commit there. */
async function isOurs(
  mirror: Mirror,
  input: PushInput,
  { remote, oid }: { readonly remote: Remote; readonly oid: string },
): Promise<boolean> {
  return (await readRef(mirror, memoryOf(input, remote, oid))) !== null
}

/** Remembered before it happens: a push that got through before its worker died is known as ours. */
async function remember(mirror: Mirror, input: PushInput, remote: Remote): Promise<void> {
  const ref = memoryOf(input, remote, input.head)
  await updateRefs(mirror, [{ ref, to: input.head, expected: await readRef(mirror, ref) }])
}

function memoryOf(input: PushInput, remote: Remote, oid: string): string {
  return attemptRef(input, `pushed/${remote.name}/${oid}`)
}

/** Where a ref and the notes are on a remote, and what leaves no room for the ref. */
async function standingOn(
  mirror: Mirror,
  remote: Remote,
  { ref, deps }: { readonly ref: string; readonly deps: ActivityDeps },
): Promise<{
  readonly there: string | null
  readonly notes: string | null
  readonly inTheWay: string | null
}> {
  const refs = await listRemote(mirror, accessTo(remote, deps), [ref, notesRef, ...wayPatterns(ref)])
  const oidOf = (name: string) => refs.find((each) => each.ref === name)?.oid ?? null
  return { there: oidOf(ref), notes: oidOf(notesRef), inTheWay: wordsInTheWay(ref, refs, remote.name) }
}

/** Somebody wrote a note in this very moment: the next try puts ours on top of it. */
function notesMoved(remote: string): UndriftError {
  return new UndriftError('UNDRIFT_E_BUSY', `${notesRef} on ${remote} moved while it was being pushed.`)
}
