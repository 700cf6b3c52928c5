import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxKind } from '../../domain/settings.ts'
import { allProcesses } from './process-tree.ts'
import { type Bench, bubblewrapMissing, makeBench } from './testing.ts'

const kinds: readonly SandboxKind[] = bubblewrapMissing === null ? ['bubblewrap', 'none'] : ['none']
const secret = 'planted-secret-4711'

let bench: Bench
let folder: string
let tree: string

beforeEach(async () => {
  bench = await makeBench()
  ;({ folder, tree } = bench)
})
afterEach(() => bench.remove())

/** Process ids whose command line holds this text. */
function running(text: string): number[] {
  return allProcesses().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(text)
    } catch {
      return false
    }
  })
}

/** A number of seconds to sleep for that no other test sleeps for. */
function uniqueSleep(): string {
  return `${10_000 + Math.floor(Math.random() * 1e9)}`
}

describe.each(kinds)('a command in the sandbox %s', (kind) => {
  it('writes to the work tree, and its output and exit code come back in order', async () => {
    const result = await bench.run(
      kind,
      'echo one; echo two >&2; echo three > made; echo four > /dev/stdout; exit 7',
    )
    expect(result).toMatchObject({ exitCode: 7, ended: null, output: 'one\ntwo\nfour\n' })
    expect(readFileSync(join(tree, 'made'), 'utf8')).toBe('three\n')
  })

  it('sees nothing of the environment of the worker', async () => {
    process.env.UNDRIFT_TEST_SECRET = secret
    try {
      const result = await bench.run(kind, 'env; cat /proc/self/environ; echo "home: $HOME"; ls -A "$HOME"')
      expect(result.output).not.toContain(secret)
      expect(result.output).not.toContain(`home: ${process.env.HOME}`)
      expect(result.exitCode).toBe(0)
    } finally {
      delete process.env.UNDRIFT_TEST_SECRET
    }
  })

  it('is ended at its time limit', async () => {
    const result = await bench.run(kind, 'while :; do echo busy; sleep 0.1; done', {
      limits: { timeoutMs: 1_000 },
    })
    expect(result).toMatchObject({ exitCode: null, ended: 'time-limit' })
  })

  it('is ended when it says nothing for too long', async () => {
    const result = await bench.run(kind, 'echo start; sleep 1000', { limits: { idleMs: 500 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'idle-limit', output: 'start\n' })
  })

  it('is ended when it floods, and the log keeps to its limit', async () => {
    const result = await bench.run(kind, 'yes', { limits: { outputBytes: 5_000 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'output-limit' })
    expect(result.output).toHaveLength(5_000)
  })

  it('is ended when it starts too many processes', async () => {
    const command = 'i=0; while [ $i -lt 60 ]; do sleep 500 & i=$((i+1)); done; wait'
    const result = await bench.run(kind, command, { limits: { processes: 30 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'process-limit' })
  })

  it('cannot take the machine down with a fork bomb', async () => {
    const result = await bench.run(kind, 'b() { b | b & }; b; sleep 2', {
      limits: { timeoutMs: 10_000, processes: 60 },
    })
    expect(running('b() { b | b & }')).toEqual([])
    expect([null, 0, 2]).toContain(result.exitCode)
  })

  it('is killed after a grace period when it ignores the request to end', async () => {
    const command = "trap '' TERM; while :; do echo here; sleep 0.2; done"
    const result = await bench.run(kind, command, { limits: { timeoutMs: 500 } })
    expect(result.ended).toBe('time-limit')
    expect(result.milliseconds).toBeGreaterThan(9_000)
  })

  it('may tidy up when it is asked to end', async () => {
    const command = "trap 'echo tidied; exit 0' TERM; while :; do echo on; sleep 0.1; done"
    const result = await bench.run(kind, command, { limits: { timeoutMs: 700 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'time-limit' })
    expect(result.output).toContain('tidied')
  })

  it('leaves no process behind, not even one in a session of its own without output', async () => {
    const seconds = uniqueSleep()
    const command = `setsid sleep ${seconds} >/dev/null 2>&1 & sleep ${seconds} & sleep 0.2; echo done`
    const result = await bench.run(kind, command)
    expect(result).toMatchObject({ exitCode: 0, output: 'done\n' })
    expect(running(seconds)).toEqual([])
  })

  it('may leave read-only folders in its home', async () => {
    const result = await bench.run(
      kind,
      'mkdir -p "$HOME/a/b" && touch "$HOME/a/b/c" && chmod -R a-w "$HOME/a"',
    )
    expect(result.exitCode).toBe(0)
  })

  it('is named with the signal when it crashes', async () => {
    const result = await bench.run(kind, 'kill -SEGV $$')
    expect(result).toMatchObject({ exitCode: null, ended: 'signal SIGSEGV' })
  })

  it('ends when it is cancelled, and rejects with the reason once it is gone', async () => {
    const seconds = uniqueSleep()
    const controller = new AbortController()
    const ending = bench.run(kind, `echo started; sleep ${seconds}`, {
      signal: controller.signal,
      onOutput: () => controller.abort(new Error('no longer wanted')),
    })
    await expect(ending).rejects.toThrow('no longer wanted')
    expect(running(seconds)).toEqual([])
  })

  it('does not start when it is cancelled before', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(bench.run(kind, 'touch started', { signal })).rejects.toThrow('too late')
    expect(existsSync(join(tree, 'started'))).toBe(false)
  })

  it('dies with the process that started it', async () => {
    const seconds = uniqueSleep()
    const source = bench.programThatRuns(kind, `echo up; sleep ${seconds}`)
    const worker = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(worker.stdout, 'data')
    expect(running(`sleep ${seconds}`)).not.toEqual([])
    worker.kill('SIGKILL')
    await expect.poll(() => running(seconds), { timeout: 60_000 }).toEqual([])
  })

  it('refuses a log that is a symbolic link', async () => {
    const victim = join(folder, 'victim')
    writeFileSync(victim, 'precious')
    await promisify(execFile)('ln', ['-s', victim, join(folder, 'log')])
    await expect(bench.run(kind, 'echo overwritten')).rejects.toMatchObject({ name: 'UndriftError' })
    expect(readFileSync(victim, 'utf8')).toBe('precious')
  })
})
