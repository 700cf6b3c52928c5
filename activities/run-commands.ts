import { join } from 'node:path'
import type { Sandbox } from '../adapters/sandboxes/types.ts'
import type { Check } from '../domain/attempt.ts'
import type { VerifySettings } from '../domain/settings.ts'
import { logTail } from './log-tail.ts'
import type { StepContext } from './step.ts'

/** Where commands run. */
export interface Bench {
  readonly sandbox: Sandbox
  /** The work tree. */
  readonly dir: string
  /** The folder of the logs. */
  readonly logs: string
  readonly step: StepContext
}

/** Runs commands one after the other in the sandbox, within the limits of one verification; a red one is the last. */
export async function runCommands(
  commands: readonly string[],
  settings: VerifySettings,
  { bench, log: name }: { readonly bench: Bench; readonly log: string },
): Promise<readonly Check[]> {
  const { network, timeoutSeconds, idleSeconds, outputBytes, processes } = settings
  const checks: Check[] = []
  const deadline = performance.now() + timeoutSeconds * 1000
  for (const [index, command] of commands.entries()) {
    bench.step.report({ done: index, total: commands.length, what: command })
    const log = join(bench.logs, `${name}-${index + 1}.log`)
    const timeoutMs = Math.max(1, deadline - performance.now())
    const result = await bench.sandbox.run({
      command,
      cwd: bench.dir,
      readOnly: [],
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
