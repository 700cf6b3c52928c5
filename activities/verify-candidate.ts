import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createSandbox } from '../adapters/sandboxes/create-sandbox.ts'
import type { Sandbox } from '../adapters/sandboxes/types.ts'
import type { Check } from '../domain/attempt.ts'
import { attemptSlug } from '../domain/ids.ts'
import { checkOut, openMirror, removeTree, treeOf } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { logTail } from './log-tail.ts'
import { ensureReplayed } from './replay-stack.ts'
import type { StepContext } from './step.ts'
import type { VerifyInput, VerifyResult } from './types.ts'

/** Runs the fork's checks on a work tree of the replayed commit, in the sandbox; the first red one ends the step. */
export async function verifyCandidate(
  input: VerifyInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<VerifyResult> {
  const { upstream, fork } = input.settings
  const sandbox = createSandbox(fork.sandbox)
  const missing = await sandbox.missing()
  if (missing !== null) return { kind: 'sandbox-missing', message: missing }
  const mirror = await openMirror({ path: deps.data.mirrorOf(upstream.name), signal: step.signal })
  await ensureReplayed(mirror, input, { deps, step })
  const tree = await treeOf(mirror, input.head)
  const dir = join(deps.data.verify, attemptSlug(input.attempt))
  const logs = join(deps.data.logs, attemptSlug(input.attempt))
  await mkdir(logs, { recursive: true })
  // A worker that was killed may have left its work tree behind.
  await removeTree(dir)
  try {
    const { objects } = await checkOut(mirror, input.head, dir)
    const checks = await runChecks(input, { sandbox, dir, objects, logs, step })
    const green = checks.every(({ exitCode }) => exitCode === 0)
    return { kind: green ? 'passed' : 'red', tree, checks }
  } finally {
    await removeTree(dir)
  }
}

interface Bench {
  readonly sandbox: Sandbox
  readonly dir: string
  readonly objects: string
  readonly logs: string
  readonly step: StepContext
}

async function runChecks(input: VerifyInput, bench: Bench): Promise<readonly Check[]> {
  const { commands, network, timeoutSeconds, idleSeconds, outputBytes, processes } =
    input.settings.fork.verify
  const checks: Check[] = []
  const deadline = performance.now() + timeoutSeconds * 1000
  for (const [index, command] of commands.entries()) {
    bench.step.report({ done: index, total: commands.length, what: command })
    const log = join(bench.logs, `verify-${index + 1}.log`)
    const timeoutMs = Math.max(1, deadline - performance.now())
    const result = await bench.sandbox.run({
      command,
      cwd: bench.dir,
      readOnly: [bench.objects],
      network,
      limits: { timeoutMs, idleMs: idleSeconds * 1000, outputBytes, processes },
      log,
      signal: bench.step.signal,
    })
    bench.step.signal.throwIfAborted()
    checks.push({
      command,
      ...result,
      milliseconds: Math.round(result.milliseconds),
      log,
      tail: await logTail(log),
    })
    if (result.exitCode !== 0) break
  }
  return checks
}
