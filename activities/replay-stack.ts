import { UndriftError } from '../domain/errors.ts'
import { sourceRemote } from '../domain/source-remote.ts'
import {
  fetchFork,
  fetchUpstream,
  hasObject,
  importCarried,
  type Mirror,
  type Replay,
  readStack,
  replay,
  type Stack,
  stackPolicy,
} from '../git/index.ts'
import { keepNotes } from './attempt-notes.ts'
import type { ActivityDeps } from './deps.ts'
import { foldMade } from './fold-made.ts'
import { acceptedMoves } from './release-integrity.ts'
import { accessTo } from './secrets.ts'
import type { StepContext } from './step.ts'
import type { StackInput } from './types.ts'

export interface ReplayedStack {
  readonly stack: Stack
  readonly result: Replay
}

/** Replays the stack from what the attempt pinned. The same input gives the same commits on every machine. */
export async function replayStack(
  mirror: Mirror,
  input: StackInput,
  worker: { readonly deps: ActivityDeps; readonly step: StepContext },
): Promise<ReplayedStack> {
  await ensurePinned(mirror, input, worker.deps)
  await importCarried(mirror, input.resolutions)
  const { stackHead, onto } = input
  const { fork } = input.settings
  const policy = stackPolicy(input.settings, input.dropped)
  const stack = await readStack(mirror, { head: stackHead, onto })
  const result = await replay(
    mirror,
    {
      stack,
      onto,
      committer: fork.committer,
      attempt: input.attempt,
      policy,
      generated: fork.generated ?? [],
    },
    {
      onPatch: (done, total) => worker.step.report({ done, total, what: 'replaying patches' }),
      lookBehind: 'yes',
    },
  )
  return { stack, result }
}

/**
 * Makes sure that this machine's mirror holds a replayed commit, by replaying it again where it does not: the worker that
 * made it may be another one.
 */
export async function ensureReplayed(
  mirror: Mirror,
  input: StackInput & { readonly head: string },
  worker: { readonly deps: ActivityDeps; readonly step: StepContext },
): Promise<void> {
  if (await hasObject(mirror, input.head)) return
  await ensurePinned(mirror, input, worker.deps)
  if (await hasObject(mirror, input.head)) return
  const { made, head } = input
  const replayed = made?.head === head ? made.from : head
  if (!(await hasObject(mirror, replayed))) {
    const { result } = await replayStack(mirror, input, worker)
    const got = result.kind === 'done' ? result.head : `a conflict at ${result.at.patch.oid}`
    if (got !== replayed) throw differs('The replay', got, replayed)
    await keepNotes(mirror, input, result.reports)
  }
  if (made?.head !== head) return
  const folded = await foldMade(mirror, input, made)
  if (folded.head !== head) throw differs('Folding the made files in', folded.head, head)
}

function differs(what: string, here: string, there: string): UndriftError {
  return new UndriftError(
    'UNDRIFT_E_INTEGRITY',
    `${what} gave ${here} here, and ${there} where it was done first.`,
  )
}

/** Fetches what the attempt pinned, where this mirror does not have it yet. */
async function ensurePinned(mirror: Mirror, input: StackInput, deps: ActivityDeps): Promise<void> {
  const { upstream, fork } = input.settings
  if (!(await hasObject(mirror, input.onto))) {
    await fetchUpstream(mirror, accessTo(upstream.git, deps), {
      tag: input.tag,
      accepted: acceptedMoves(input),
    })
  }
  if (!(await hasObject(mirror, input.stackHead))) {
    await fetchFork(mirror, accessTo(sourceRemote(fork), deps), { fork: fork.name, branch: fork.branch })
  }
  for (const oid of [input.onto, input.stackHead]) {
    if (await hasObject(mirror, oid)) continue
    throw new UndriftError('UNDRIFT_E_REMOTE', `The commit ${oid} is no longer to be had from the remotes.`, {
      hint: 'Run `undrift resume`, so that the attempt looks at the remotes again.',
    })
  }
}
