import { stat } from 'node:fs/promises'
import {
  type Mirror,
  openMirror,
  type ReplayConflict,
  readRef,
  removeTree,
  takeConflict,
  updateRefs,
} from '../git/index.ts'
import { attemptRef } from './attempt-refs.ts'
import type { ActivityDeps } from './deps.ts'
import { type ReplayedStack, replayStack } from './replay-stack.ts'
import type { StepContext } from './step.ts'
import type { RebaseInput, RebaseResult } from './types.ts'

const mostSuspects = 20
const mostLines = 20

/** Replays the stack on the release in memory, and keeps a result that is done under the attempt's ref of the mirror. */
export async function rebaseStack(
  input: RebaseInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<RebaseResult> {
  const path = deps.data.mirrorOf(input.settings.upstream.name)
  const mirror = await openMirror({ path, signal: step.signal })
  let replayed = await replayStack(mirror, input, { deps, step })
  let unsettled: readonly string[] = []
  if (input.takeWorkTree && replayed.result.kind === 'conflict') {
    const taken = await takeWorkTree(mirror, replayed.result.at, { input, deps })
    unsettled = taken.unsettled
    if (taken.taken) replayed = await replayStack(mirror, input, { deps, step })
  }
  return concluded(mirror, input, { replayed, unsettled })
}

async function concluded(
  mirror: Mirror,
  input: RebaseInput,
  found: { readonly replayed: ReplayedStack; readonly unsettled: readonly string[] },
): Promise<RebaseResult> {
  const { stack, result } = found.replayed
  const patches = result.reports
  if (result.kind === 'conflict') {
    const { patch, lastGood, paths } = result.at
    return {
      kind: 'conflict',
      base: stack.base,
      patch: { oid: patch.oid, subject: patch.subject },
      lastGood,
      paths: paths.map(({ path, kind }) => ({ path, kind })),
      patches,
      unsettled: found.unsettled,
    }
  }
  const ref = attemptRef(input, 'head')
  await updateRefs(mirror, [{ ref, to: result.head, expected: await readRef(mirror, ref) }])
  const suspects = (result.suspects ?? [])
    .slice(0, mostSuspects)
    .map(({ oid, path, lost }) => ({ oid, path, lost: lost.slice(0, mostLines) }))
  return { kind: 'done', base: stack.base, head: result.head, tree: result.tree, patches, suspects }
}

/** Takes what a person settled in the attempt's work tree, for whoever resumes with a bare signal. */
async function takeWorkTree(
  mirror: Mirror,
  conflict: ReplayConflict,
  { input, deps }: { readonly input: RebaseInput; readonly deps: ActivityDeps },
): Promise<{ readonly taken: boolean; readonly unsettled: readonly string[] }> {
  const dir = deps.data.resolveTreeOf(input.attempt)
  const there = await stat(dir).catch(() => null)
  if (there === null) return { taken: false, unsettled: [] }
  const at = new Date().toISOString()
  const by = input.by ?? 'a signal'
  const result = await takeConflict(mirror, { conflict, dir, by, attempt: input.attempt, at })
  if (result.kind === 'unsettled') {
    return {
      taken: false,
      unsettled: result.paths.map(({ path, why }) => `not settled yet: ${path}: ${why}`),
    }
  }
  await removeTree(dir)
  return { taken: true, unsettled: [] }
}
