import { appendFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AskedFor } from '../adapters/sandboxes/network/asked-for.ts'
import { makeTemporary } from '../adapters/sandboxes/temporary.ts'
import type { Sandbox } from '../adapters/sandboxes/types.ts'
import type { Check } from '../domain/attempt.ts'
import { boxDefaults, type VerifySettings } from '../domain/settings.ts'
import { removeTree } from '../git/index.ts'
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

/** Most places that are listed below what a command said. */
const mostPlaces = 50

/**
 * Runs commands one after the other in the sandbox, within the limits of one verification; a red one is the last. What one
 * leaves in its home and its temporary folder the next one finds there.
 */
export async function runCommands(
  commands: readonly string[],
  settings: VerifySettings,
  { bench, log: name }: { readonly bench: Bench; readonly log: string },
): Promise<readonly Check[]> {
  const temporary = `${bench.dir}.tmp`
  // A worker that was killed may have left it behind.
  await removeTree(temporary)
  try {
    await makeTemporary(temporary)
    return await runEach(commands, settings, { bench, name, temporary })
  } finally {
    await removeTree(temporary)
  }
}

async function runEach(
  commands: readonly string[],
  settings: VerifySettings,
  at: { readonly bench: Bench; readonly name: string; readonly temporary: string },
): Promise<readonly Check[]> {
  const { bench, name, temporary } = at
  const { network, timeoutSeconds, idleSeconds, processes, environment = {} } = settings
  const { memoryBytes, diskBytes } = { ...boxDefaults, ...settings }
  const checks: Check[] = []
  const deadline = performance.now() + timeoutSeconds * 1000
  let outputBytes = settings.outputBytes
  for (const [index, command] of commands.entries()) {
    bench.step.report({ done: index, total: commands.length, what: command })
    const log = join(bench.logs, `${name}-${index + 1}.log`)
    const timeoutMs = Math.max(1, deadline - performance.now())
    const asked = new Map<string, AskedFor>()
    const result = await bench.sandbox.run({
      command,
      cwd: bench.dir,
      temporary,
      readOnly: [],
      network,
      environment,
      limits: { timeoutMs, idleMs: idleSeconds * 1000, outputBytes, processes, memoryBytes, diskBytes },
      log,
      signal: bench.step.signal,
      onAsked: (each) => asked.set(each.place, each),
    })
    bench.step.signal.throwIfAborted()
    outputBytes = Math.max(0, outputBytes - (await stat(log)).size)
    if (asked.size > 0) await appendFile(log, askedWords([...asked.values()]))
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

/** What a command asked the network for, below what it said; refusals last, because they are what explains a red one. */
function askedWords(asked: readonly AskedFor[]): string {
  const sorted = [...asked].sort((a, b) => Number(a.refused !== null) - Number(b.refused !== null))
  const lines = sorted
    .slice(-mostPlaces)
    .map(({ place, refused }) => `network: ${place} ${refused === null ? 'allowed' : `refused: ${refused}`}`)
  return `\n${lines.join('\n')}\n`
}
