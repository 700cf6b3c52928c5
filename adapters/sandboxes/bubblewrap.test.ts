import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm, symlink } from 'node:fs/promises'
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

    it('reaches nothing of the machine’s own network', async () => {
      const server = createServer((socket) => socket.end('reached\n')).listen(0, '0.0.0.0')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      try {
        const result = await bench.run('bubblewrap', `bash -c 'cat < /dev/tcp/127.0.0.1/${port}'`)
        expect(result.output).not.toContain('reached\n')
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

    it('has a temporary folder and a home that last for the next command', async () => {
      const first = await bench.run('bubblewrap', 'touch /tmp/a "$HOME/b" /dev/shm/c && ls -d /tmp/a ~/b')
      expect(first).toMatchObject({ exitCode: 0, output: '/tmp/a\n/tmp/home/b\n' })
      const next = await bench.run(
        'bubblewrap',
        'ls /tmp ~; ls /dev/shm; df --output=size /dev/shm | tail -n 1',
      )
      expect(next.output).toMatch(/^\/tmp:\na\nhome\n.*\/tmp\/home:\nb\n *\d+\n$/s)
      expect(Number(/(\d+)\n$/.exec(next.output)?.[1])).toBeLessThanOrEqual(1024 ** 2)
    })

    it('is not made where a command before it laid a link in the way of its mounts', async () => {
      // The work tree lies below /tmp here: its place in the box is made in the folder that commands write to.
      const [top = ''] = bench.folder.split('/').slice(2)
      await bench.run('bubblewrap', 'true')
      await rm(join(bench.folder, 'temporary', top), { recursive: true })
      await symlink('/oldroot/tmp', join(bench.folder, 'temporary', top))
      await expect(bench.run('bubblewrap', 'true')).rejects.toMatchObject({
        code: 'UNDRIFT_E_SANDBOX',
        message: expect.stringContaining('stands in the way'),
      })
    })

    it('has no mount on which a program could get another user’s rights', async () => {
      const { output } = await bench.run(
        'bubblewrap',
        "cut -d' ' -f5,6 /proc/self/mountinfo | grep -v nosuid; echo end",
      )
      expect(output).toBe('end\n')
    })

    it('has the variables that the config names, and modes as everybody has them', async () => {
      const environment = { PATH: '/opt/mine:/usr/bin:/bin', HOME: '/tmp/elsewhere', GOFLAGS: '-mod=mod' }
      const command = 'echo "$PATH $HOME $GOFLAGS"; touch file; stat -c %a file'
      const { output } = await bench.run('bubblewrap', command, { environment })
      expect(output).toBe('/opt/mine:/usr/bin:/bin /tmp/elsewhere -mod=mod\n644\n')
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
