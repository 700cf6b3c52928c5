import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createSandbox } from '../adapters/sandboxes/create-sandbox.ts'
import { pendingFinder } from '../domain/generated.ts'
import { attemptSlug } from '../domain/ids.ts'
import {
  checkOut,
  foldGenerated,
  type Mirror,
  noteWorkTree,
  packMadeTree,
  readRef,
  removeTree,
  takeGenerated,
  updateRefs,
} from '../git/index.ts'
import { attemptRef } from './attempt-refs.ts'
import type { ActivityDeps } from './deps.ts'
import { ensureReplayed } from './replay-stack.ts'
import { runCommands } from './run-commands.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'
import type { RegenerateInput, RegenerateResult } from './types.ts'

/**
 * Makes generated files again: runs their commands in the sandbox on the replayed stack, and folds what they made into the
 * patches that it is for. The same output gives the same commits; nothing of the work tree but those files is taken.
 */
export async function regenerate(
  input: RegenerateInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<RegenerateResult> {
  const { fork } = input.settings
  const sandbox = createSandbox(fork.sandbox)
  const missing = await sandbox.missing(fork.verify.network)
  if (missing !== null) return { kind: 'sandbox-missing', message: missing }
  const mirror = await openStepMirror(input, deps, step)
  await ensureReplayed(mirror, input, { deps, step })
  const dir = join(deps.data.verify, attemptSlug(input.attempt))
  const logs = join(deps.data.logs, attemptSlug(input.attempt))
  await mkdir(logs, { recursive: true })
  // A worker that was killed may have left its work tree behind.
  await removeTree(dir)
  try {
    await checkOut(mirror, input.head, dir)
    const noted = await noteWorkTree(dir)
    const commands = [...new Set(input.pending.map(({ command }) => command))]
    const bench = { sandbox, dir, logs, step }
    const checks = await runCommands(commands, fork.verify, { bench, log: 'regenerate' })
    if (checks.some(({ exitCode }) => exitCode !== 0)) return { kind: 'red', checks }
    const find = pendingFinder(fork.generated ?? [], input.pending)
    const isGenerated = (path: string) => find(path) !== null
    const taken = await takeGenerated(mirror, { noted, head: input.head, isGenerated })
    if (taken.kind === 'refused') return { kind: 'refused', why: taken.why, checks }
    return await folded(mirror, input, taken)
  } finally {
    await removeTree(dir)
  }
}

async function folded(
  mirror: Mirror,
  input: RegenerateInput,
  { tree, outside }: { readonly tree: string; readonly outside: { paths: readonly string[]; count: number } },
): Promise<RegenerateResult> {
  const { onto, pending, head: from } = input
  const { committer, generated: rules = [] } = input.settings.fork
  const { head, files, moved } = await foldGenerated(mirror, {
    onto,
    head: from,
    tree,
    pending,
    rules,
    committer,
  })
  const ref = attemptRef(input, 'head')
  await updateRefs(mirror, [{ ref, to: head, expected: await readRef(mirror, ref) }])
  const pack = await packMadeTree(mirror, { tree, head: from })
  return { kind: 'made', made: { from, head, tree, pending, pack }, regenerated: { files, moved, outside } }
}
