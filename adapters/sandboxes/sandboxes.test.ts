import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxKind } from '../../domain/settings.ts'
import { createSandbox } from './create-sandbox.ts'
import { allProcesses } from './process-tree.ts'
import type { SandboxCommand, SandboxResult } from './types.ts'

const missing = await createSandbox('bubblewrap').missing()
const kinds: readonly SandboxKind[] = missing === null ? ['bubblewrap', 'none'] : ['none']
const secret = 'planted-secret-4711'

let folder: string
let tree: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-sandbox-test-'))
  tree = join(folder, 'work tree')
  mkdirSync(join(tree, '.git'), { recursive: true })
  writeFileSync(join(tree, '.git', 'config'), 'untouched\n')
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

interface Options {
  readonly limits?: Partial<SandboxCommand['limits']>
  readonly network?: boolean
  readonly readOnly?: readonly string[]
  readonly signal?: AbortSignal
  readonly onOutput?: () => void
}

/** Runs a command in the work tree and gives its result with what it printed. */
async function run(
  kind: SandboxKind,
  command: string,
  options: Options = {},
): Promise<SandboxResult & { readonly output: string }> {
  const log = join(folder, 'log')
  const result = await createSandbox(kind).run({
    command,
    cwd: tree,
    readOnly: options.readOnly ?? [],
    network: options.network ?? false,
    limits: { timeoutMs: 60_000, idleMs: 60_000, outputBytes: 100_000, processes: 200, ...options.limits },
    log,
    signal: options.signal ?? new AbortController().signal,
    ...(options.onOutput && { onOutput: options.onOutput }),
  })
  return { ...result, output: readFileSync(log, 'utf8') }
}

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
    const result = await run(
      kind,
      'echo one; echo two >&2; echo three > made; echo four > /dev/stdout; exit 7',
    )
    expect(result).toMatchObject({ exitCode: 7, ended: null, output: 'one\ntwo\nfour\n' })
    expect(readFileSync(join(tree, 'made'), 'utf8')).toBe('three\n')
  })

  it('sees nothing of the environment of the worker', async () => {
    process.env.UNDRIFT_TEST_SECRET = secret
    try {
      const result = await run(kind, 'env; cat /proc/self/environ; echo "home: $HOME"; ls -A "$HOME"')
      expect(result.output).not.toContain(secret)
      expect(result.output).not.toContain(`home: ${process.env.HOME}`)
      expect(result.exitCode).toBe(0)
    } finally {
      delete process.env.UNDRIFT_TEST_SECRET
    }
  })

  it('is ended at its time limit', async () => {
    const result = await run(kind, 'while :; do echo busy; sleep 0.1; done', { limits: { timeoutMs: 1_000 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'time-limit' })
  })

  it('is ended when it says nothing for too long', async () => {
    const result = await run(kind, 'echo start; sleep 1000', { limits: { idleMs: 500 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'idle-limit', output: 'start\n' })
  })

  it('is ended when it floods, and the log keeps to its limit', async () => {
    const result = await run(kind, 'yes', { limits: { outputBytes: 5_000 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'output-limit' })
    expect(result.output).toHaveLength(5_000)
  })

  it('is ended when it starts too many processes', async () => {
    const command = 'i=0; while [ $i -lt 60 ]; do sleep 500 & i=$((i+1)); done; wait'
    const result = await run(kind, command, { limits: { processes: 30 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'process-limit' })
  })

  it('cannot take the machine down with a fork bomb', async () => {
    const result = await run(kind, 'b() { b | b & }; b; sleep 2', {
      limits: { timeoutMs: 10_000, processes: 100 },
    })
    expect(running('b() { b | b & }')).toEqual([])
    expect([null, 0, 2]).toContain(result.exitCode)
  })

  it('is killed after a grace period when it ignores the request to end', async () => {
    const command = "trap '' TERM; while :; do echo here; sleep 0.2; done"
    const result = await run(kind, command, { limits: { timeoutMs: 500 } })
    expect(result.ended).toBe('time-limit')
    expect(result.milliseconds).toBeGreaterThan(9_000)
  })

  it('may tidy up when it is asked to end', async () => {
    const command = "trap 'echo tidied; exit 0' TERM; while :; do echo on; sleep 0.1; done"
    const result = await run(kind, command, { limits: { timeoutMs: 700 } })
    expect(result).toMatchObject({ exitCode: null, ended: 'time-limit' })
    expect(result.output).toContain('tidied')
  })

  it('leaves no process behind, not even one in a session of its own without output', async () => {
    const seconds = uniqueSleep()
    const command = `setsid sleep ${seconds} >/dev/null 2>&1 & sleep ${seconds} & sleep 0.2; echo done`
    const result = await run(kind, command)
    expect(result).toMatchObject({ exitCode: 0, output: 'done\n' })
    expect(running(seconds)).toEqual([])
  })

  it('may leave read-only folders in its home', async () => {
    const result = await run(kind, 'mkdir -p "$HOME/a/b" && touch "$HOME/a/b/c" && chmod -R a-w "$HOME/a"')
    expect(result.exitCode).toBe(0)
  })

  it('is named with the signal when it crashes', async () => {
    const result = await run(kind, 'kill -SEGV $$')
    expect(result).toMatchObject({ exitCode: null, ended: 'signal SIGSEGV' })
  })

  it('ends when it is cancelled, and rejects with the reason once it is gone', async () => {
    const seconds = uniqueSleep()
    const controller = new AbortController()
    const ending = run(kind, `echo started; sleep ${seconds}`, {
      signal: controller.signal,
      onOutput: () => controller.abort(new Error('no longer wanted')),
    })
    await expect(ending).rejects.toThrow('no longer wanted')
    expect(running(seconds)).toEqual([])
  })

  it('does not start when it is cancelled before', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(run(kind, 'touch started', { signal })).rejects.toThrow('too late')
    expect(existsSync(join(tree, 'started'))).toBe(false)
  })

  it('dies with the process that started it', async () => {
    const seconds = uniqueSleep()
    const source = `
      import { createSandbox } from ${JSON.stringify(new URL('./create-sandbox.ts', import.meta.url).href)}
      await createSandbox(${JSON.stringify(kind)}).run({
        command: 'echo up; sleep ${seconds}', cwd: ${JSON.stringify(tree)}, readOnly: [], network: false,
        limits: { timeoutMs: 60000, idleMs: 60000, outputBytes: 1000, processes: 100 },
        log: ${JSON.stringify(join(folder, 'log'))}, signal: new AbortController().signal,
        onOutput: () => console.log('up'),
      })`
    const worker = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(worker.stdout, 'data')
    expect(running(`sleep ${seconds}`)).not.toEqual([])
    worker.kill('SIGKILL')
    await expect.poll(() => running(seconds), { timeout: 20_000 }).toEqual([])
  })

  it('refuses a log that is a symbolic link', async () => {
    const victim = join(folder, 'victim')
    writeFileSync(victim, 'precious')
    await promisify(execFile)('ln', ['-s', victim, join(folder, 'log')])
    await expect(run(kind, 'echo overwritten')).rejects.toMatchObject({ name: 'UndriftError' })
    expect(readFileSync(victim, 'utf8')).toBe('precious')
  })
})

describe.skipIf(missing !== null)(
  `inside bubblewrap${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    it('finds no secret in any process, not even in the first', async () => {
      process.env.UNDRIFT_TEST_SECRET = secret
      try {
        const result = await run('bubblewrap', 'cat /proc/[0-9]*/environ; echo; cat /proc/1/environ | wc -c')
        expect(result.output).not.toContain(secret)
        expect(result.output).toMatch(/^0$/m)
      } finally {
        delete process.env.UNDRIFT_TEST_SECRET
      }
    })

    it('has no home, no other folders and no processes of the machine', async () => {
      writeFileSync(join(folder, 'beside'), secret)
      const result = await run(
        'bubblewrap',
        `ls -A / "$HOME" /root /home /work /var; cat '../beside'; ls -d /proc/[0-9]*`,
      )
      expect(result.output).not.toContain(secret)
      expect(result.output.match(/^\/proc\/\d+$/gm)?.length).toBeLessThan(6)
      expect(result.output).toMatch(/cannot access '\/root'/)
    })

    it('cannot write to .git, nor move it away', async () => {
      const result = await run(
        'bubblewrap',
        'echo bad >> .git/config; touch .git/new; mv .git elsewhere; rm -rf .git; mkdir .git/hooks; exit 0',
      )
      expect(result.exitCode).toBe(0)
      expect(readFileSync(join(tree, '.git', 'config'), 'utf8')).toBe('untouched\n')
      expect(existsSync(join(tree, 'elsewhere'))).toBe(false)
      expect(existsSync(join(tree, '.git', 'new'))).toBe(false)
    })

    it('cannot write to the system, the settings of the kernel or the root', async () => {
      const settings = [
        '/proc/sys/kernel/core_pattern',
        '/proc/sys/vm/overcommit_memory',
        '/proc/sysrq-trigger',
      ]
      const places = ['/usr/x', '/etc/x', '/x', '/dev/x', '/usr/bin/sh']
      const tries = [...places, ...settings].map((path) => `(printf '' >> ${path}) && echo WRITABLE ${path}`)
      const result = await run('bubblewrap', `${tries.join('; ')}; exit 0`)
      expect(result.exitCode).toBe(0)
      expect(result.output).not.toContain('WRITABLE')
    })

    it('has no capabilities and can make no namespaces in which it would have them', async () => {
      const result = await run('bubblewrap', 'grep Cap /proc/self/status; unshare -U true || echo refused')
      expect(result.output.match(/0000000000000000/g)).toHaveLength(5)
      expect(result.output).toContain('refused')
    })

    it('reaches the network of the machine only where it is opened', async () => {
      const server = createServer((socket) => socket.end('reached\n')).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      const command = `bash -c 'cat < /dev/tcp/127.0.0.1/${port}'`
      try {
        expect((await run('bubblewrap', command)).output).not.toContain('reached\n')
        expect((await run('bubblewrap', command, { network: true })).output).toContain('reached\n')
      } finally {
        server.close()
      }
    })

    it('reads folders that are shown to it, at the same path, and cannot write to them', async () => {
      const shown = join(folder, 'mirror')
      mkdirSync(shown)
      writeFileSync(join(shown, 'object'), 'content\n')
      const result = await run('bubblewrap', `cat '${shown}/object'; touch '${shown}/new'; exit 0`, {
        readOnly: [shown],
      })
      expect(result.output).toContain('content\n')
      expect(existsSync(join(shown, 'new'))).toBe(false)
    })

    it('has a temporary folder and a home of its own, with a size', async () => {
      const result = await run(
        'bubblewrap',
        'touch /tmp/a "$HOME/b" /dev/shm/c && df --output=size /tmp /dev/shm | tail -n 2',
      )
      expect(result.exitCode).toBe(0)
      for (const size of result.output.trim().split('\n'))
        expect(Number(size)).toBeLessThanOrEqual(2 * 1024 ** 2)
    })

    it('inherits no descriptor but its output', async () => {
      const source = `
      import { createSandbox } from ${JSON.stringify(new URL('./create-sandbox.ts', import.meta.url).href)}
      await createSandbox('bubblewrap').run({
        command: 'ls /proc/self/fd', cwd: ${JSON.stringify(tree)}, readOnly: [], network: false,
        limits: { timeoutMs: 60000, idleMs: 60000, outputBytes: 1000, processes: 100 },
        log: ${JSON.stringify(join(folder, 'log'))}, signal: new AbortController().signal,
      })`
      writeFileSync(join(folder, 'run.mts'), source)
      const script = `exec 9</etc/passwd 40</etc/passwd 251</etc/passwd; exec "$0" "$1"`
      await promisify(execFile)('bash', ['-c', script, process.execPath, join(folder, 'run.mts')])
      expect(readFileSync(join(folder, 'log'), 'utf8').split('\n').filter(Boolean)).toEqual([
        '0',
        '1',
        '2',
        '3',
      ])
    })

    it('says that the box could not be made instead of blaming the command', async () => {
      await expect(
        run('bubblewrap', 'true', { readOnly: [join(folder, 'not-there')] }),
      ).rejects.toMatchObject({
        code: 'UNDRIFT_E_SANDBOX',
      })
    })

    it('refuses a work tree whose .git is a symbolic link', async () => {
      await rm(join(tree, '.git'), { recursive: true })
      await promisify(execFile)('ln', ['-s', '/tmp', join(tree, '.git')])
      await expect(run('bubblewrap', 'true')).rejects.toMatchObject({ code: 'UNDRIFT_E_SANDBOX' })
    })
  },
)
