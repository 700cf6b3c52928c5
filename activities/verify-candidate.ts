import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createSandbox } from '../adapters/sandboxes/create-sandbox.ts'
import { attemptSlug } from '../domain/ids.ts'
import { checkOut, removeTree, treeOf } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { ensureReplayed } from './replay-stack.ts'
import { runCommands } from './run-commands.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'
import type { VerifyInput, VerifyResult } from './types.ts'

/** Runs the fork's checks on a work tree of the replayed commit, in the sandbox; the first red one ends the step. */
export async function verifyCandidate(
  input: VerifyInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<VerifyResult> {
  const { fork } = input.settings
  const sandbox = createSandbox(fork.sandbox)
  // Where nothing is run, nothing has to be boxed; the checkout still refuses what no work tree may hold.
  const missing = fork.verify.commands.length === 0 ? null : await sandbox.missing(fork.verify.network)
  if (missing !== null) return { kind: 'sandbox-missing', message: missing }
  const mirror = await openStepMirror(input, deps, step)
  await ensureReplayed(mirror, input, { deps, step })
  const tree = await treeOf(mirror, input.head)
  const dir = join(deps.data.verify, attemptSlug(input.attempt))
  const logs = join(deps.data.logs, attemptSlug(input.attempt))
  await mkdir(logs, { recursive: true })
  // A worker that was killed may have left its work tree behind.
  await removeTree(dir)
  try {
    await checkOut(mirror, input.head, dir)
    const bench = { sandbox, dir, logs, step }
    const checks = await runCommands(fork.verify.commands, fork.verify, { bench, log: 'verify' })
    const green = checks.every(({ exitCode }) => exitCode === 0)
    return { kind: green ? 'passed' : 'red', tree, checks }
  } finally {
    await removeTree(dir)
  }
}
