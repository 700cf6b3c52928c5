import type { Candidate } from '../domain/attempt.ts'
import { candidateRef } from '../domain/candidate.ts'
import { UndriftError } from '../domain/errors.ts'
import type { Remote } from '../domain/settings.ts'
import { listRemote, type Mirror, openMirror, push, readRef, treeOf, updateRefs } from '../git/index.ts'
import { attemptRef } from './attempt-refs.ts'
import { candidateUrl } from './candidate-url.ts'
import type { ActivityDeps } from './deps.ts'
import { ensureReplayed } from './replay-stack.ts'
import { accessTo } from './secrets.ts'
import { publishRemotes, sourceRemote } from './source-remote.ts'
import type { StepContext } from './step.ts'
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
  const { upstream, fork } = input.settings
  const mirror = await openMirror({ path: deps.data.mirrorOf(upstream.name), signal: step.signal })
  await ensureReplayed(mirror, input, { deps, step })
  const tree = await treeOf(mirror, input.head)
  if (tree !== input.tree) {
    throw new UndriftError(
      'UNDRIFT_E_INTEGRITY',
      `The tree ${input.tree} passed the checks, and ${tree} would be pushed.`,
    )
  }
  const source = `refs/heads/${fork.branch}`
  const branch = await valueOn(mirror, sourceRemote(fork), { ref: source, deps })
  if (branch !== input.stackHead) return { kind: 'branch-moved', actual: branch }

  const ref = candidateRef(fork, input.tag)
  const candidates: Candidate[] = []
  for (const [index, remote] of publishRemotes(fork).entries()) {
    step.report({ done: index, total: fork.publish.to.length, what: `pushing to ${remote.name}` })
    const outcome = await pushTo(mirror, remote, { input, deps, ref })
    if (outcome.kind === 'stale') {
      return { kind: 'candidate-moved', remote: remote.name, ref, actual: outcome.actual, candidates }
    }
    if (outcome.kind === 'rejected') {
      return { kind: 'refused', remote: remote.name, words: outcome.words.slice(0, 2048), candidates }
    }
    candidates.push({
      kind: 'branch',
      ref,
      remote: remote.name,
      repo: remote.url,
      sha: input.head,
      url: candidateUrl(remote.url, ref),
      pushed: true,
    })
  }
  return { kind: 'pushed', candidates }
}

async function pushTo(
  mirror: Mirror,
  remote: Remote,
  options: { readonly input: PushInput; readonly deps: ActivityDeps; readonly ref: string },
) {
  const { input, deps, ref } = options
  const there = await valueOn(mirror, remote, { ref, deps })
  if (there === input.head) return { kind: 'already-there' } as const
  // A value that this line did not push is somebody's work.
  if (there !== null && (await readRef(mirror, memory(there))) === null) {
    return { kind: 'stale', ref, actual: there } as const
  }
  // Remembered before it happens: a push that got through before its worker died is known as ours.
  const mine = memory(input.head)
  await updateRefs(mirror, [{ ref: mine, to: input.head, expected: await readRef(mirror, mine) }])
  return push(mirror, accessTo(remote, deps), [{ ref, to: input.head, expected: there }])

  /** The mirror's record that this line pushed this commit there. */
  function memory(oid: string): string {
    return attemptRef(input, `pushed/${remote.name}/${oid}`)
  }
}

async function valueOn(
  mirror: Mirror,
  remote: Remote,
  { ref, deps }: { readonly ref: string; readonly deps: ActivityDeps },
): Promise<string | null> {
  const refs = await listRemote(mirror, accessTo(remote, deps), [ref])
  return refs.find((each) => each.ref === ref)?.oid ?? null
}
