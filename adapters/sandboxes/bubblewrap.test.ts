import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Bench, bubblewrapMissing, makeBench } from './testing.ts'

const secret = 'planted-secret-4712'

let bench: Bench
let folder: string
let tree: string

beforeEach(async () => {
  bench = await makeBench()
  ;({ folder, tree } = bench)
})
afterEach(() => bench.remove())

describe.skipIf(bubblewrapMissing !== null)(
  `inside bubblewrap${bubblewrapMissing === null ? '' : ` (skipped: ${bubblewrapMissing})`}`,
  () => {
    it('finds no secret in any process, not even in the first', async () => {
      process.env.UNDRIFT_TEST_SECRET = secret
      try {
        const result = await bench.run(
          'bubblewrap',
          'cat /proc/[0-9]*/environ; echo; cat /proc/1/environ | wc -c',
        )
        expect(result.output).not.toContain(secret)
        expect(result.output).toMatch(/^0$/m)
      } finally {
        delete process.env.UNDRIFT_TEST_SECRET
      }
    })

    it('has no home, no other folders and no processes of the machine', async () => {
      writeFileSync(join(folder, 'beside'), secret)
      const result = await bench.run(
        'bubblewrap',
        `ls -A / "$HOME" /root /home /work /var; cat '../beside'; ls -d /proc/[0-9]*`,
      )
      expect(result.output).not.toContain(secret)
      expect(result.output.match(/^\/proc\/\d+$/gm)?.length).toBeLessThan(6)
      expect(result.output).toMatch(/cannot access '\/root'/)
    })

    it('cannot write to .git, nor move it away', async () => {
      const result = await bench.run(
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
      const result = await bench.run('bubblewrap', `${tries.join('; ')}; exit 0`)
      expect(result.exitCode).toBe(0)
      expect(result.output).not.toContain('WRITABLE')
    })

    it('has no capabilities and can make no namespaces in which it would have them', async () => {
      const result = await bench.run(
        'bubblewrap',
        'grep Cap /proc/self/status; unshare -U true || echo refused',
      )
      expect(result.output.match(/0000000000000000/g)).toHaveLength(5)
      expect(result.output).toContain('refused')
    })

    it('reaches the network of the machine only where it is opened', async () => {
      const server = createServer((socket) => socket.end('reached\n')).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      const command = `bash -c 'cat < /dev/tcp/127.0.0.1/${port}'`
      try {
        expect((await bench.run('bubblewrap', command)).output).not.toContain('reached\n')
        expect((await bench.run('bubblewrap', command, { network: true })).output).toContain('reached\n')
      } finally {
        server.close()
      }
    })

    it('reads folders that are shown to it, at the same path, and cannot write to them', async () => {
      const shown = join(folder, 'mirror')
      mkdirSync(shown)
      writeFileSync(join(shown, 'object'), 'content\n')
      const result = await bench.run('bubblewrap', `cat '${shown}/object'; touch '${shown}/new'; exit 0`, {
        readOnly: [shown],
      })
      expect(result.output).toContain('content\n')
      expect(existsSync(join(shown, 'new'))).toBe(false)
    })

    it('has a temporary folder and a home of its own, with a size', async () => {
      const result = await bench.run(
        'bubblewrap',
        'touch /tmp/a "$HOME/b" /dev/shm/c && df --output=size /tmp /dev/shm | tail -n 2',
      )
      expect(result.exitCode).toBe(0)
      for (const size of result.output.trim().split('\n'))
        expect(Number(size)).toBeLessThanOrEqual(2 * 1024 ** 2)
    })

    it('inherits no descriptor but its output', async () => {
      const source = bench.programThatRuns('bubblewrap', 'ls /proc/self/fd')
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
        bench.run('bubblewrap', 'true', { readOnly: [join(folder, 'not-there')] }),
      ).rejects.toMatchObject({
        code: 'UNDRIFT_E_SANDBOX',
      })
    })

    it('refuses a work tree whose .git is a symbolic link', async () => {
      await rm(join(tree, '.git'), { recursive: true })
      await promisify(execFile)('ln', ['-s', '/tmp', join(tree, '.git')])
      await expect(bench.run('bubblewrap', 'true')).rejects.toMatchObject({ code: 'UNDRIFT_E_SANDBOX' })
    })
  },
)
