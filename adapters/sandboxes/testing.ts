import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { boxDefaults, type NetworkRule, type SandboxKind } from '../../domain/settings.ts'
import { createSandbox } from './create-sandbox.ts'
import type { AskedFor } from './network/asked-for.ts'
import { makeTemporary } from './temporary.ts'
import type { SandboxCommand, SandboxResult } from './types.ts'

export interface RunOptions {
  readonly limits?: Partial<SandboxCommand['limits']>
  readonly network?: NetworkRule
  readonly environment?: Readonly<Record<string, string>>
  readonly onAsked?: (asked: AskedFor) => void
  readonly readOnly?: readonly string[]
  readonly signal?: AbortSignal
  readonly onOutput?: () => void
}

/** A work tree in a folder of its own, and commands that are run in it. */
export interface Bench {
  readonly folder: string
  readonly tree: string
  /** Source of a program that runs this command in the sandbox; it imports what it needs. */
  programThatRuns(kind: SandboxKind, command: string, network?: NetworkRule): string
  run(
    kind: SandboxKind,
    command: string,
    options?: RunOptions,
  ): Promise<SandboxResult & { readonly output: string }>
  remove(): Promise<void>
}

/** Makes a work tree with a `.git` for a test. */
export async function makeBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'undrift-sandbox-test-'))
  const tree = join(folder, 'work tree')
  const log = join(folder, 'log')
  mkdirSync(join(tree, '.git'), { recursive: true })
  writeFileSync(join(tree, '.git', 'config'), 'untouched\n')
  await chmod(folder, 0o755)
  const limits = { timeoutMs: 60_000, idleMs: 60_000, outputBytes: 100_000, processes: 200, ...boxDefaults }
  const temporary = join(folder, 'temporary')
  await makeTemporary(temporary)
  return {
    folder,
    tree,
    programThatRuns(kind, command, network = false) {
      const module = new URL('./create-sandbox.ts', import.meta.url).href
      const plain = { command, cwd: tree, temporary, readOnly: [], network, environment: {}, limits, log }
      return `
        import { createSandbox } from ${JSON.stringify(module)}
        await createSandbox(${JSON.stringify(kind)}).run({
          ...${JSON.stringify(plain)},
          signal: new AbortController().signal,
          onOutput: () => console.log('output'),
        })`
    },
    async run(kind, command, options = {}) {
      const result = await createSandbox(kind).run({
        command,
        cwd: tree,
        temporary,
        environment: options.environment ?? {},
        readOnly: options.readOnly ?? [],
        network: options.network ?? false,
        limits: { ...limits, ...options.limits },
        log,
        signal: options.signal ?? new AbortController().signal,
        ...(options.onAsked && { onAsked: options.onAsked }),
        ...(options.onOutput && { onOutput: options.onOutput }),
      })
      return { ...result, output: readFileSync(log, 'utf8') }
    },
    async remove() {
      await promisify(execFile)('chmod', ['-R', 'u+rwX', folder])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Why bubblewrap cannot be used here; null when it can. */
export const bubblewrapMissing: string | null = await createSandbox('bubblewrap').missing(false)
