import { execFileSync, spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ownKeyring } from './own-keyring.ts'
import { seccompFilter } from './seccomp-filter.ts'
import { machines } from './system-calls.ts'
import { type Bench, bubblewrapMissing, makeBench } from './testing.ts'

const python = spawnSync('python3', ['--version']).status === 0
const numbers = machines[process.arch]?.numbers ?? { socket: 0, socketpair: 0, ptrace: 0 }

/** A Python program that makes system calls and prints what each came to: `NAME ok`, or `NAME` and the error's number. */
function tries(calls: readonly (readonly [name: string, number: number, args: string])[]): string {
  const lines = calls.map(
    ([name, number, args]) =>
      `ctypes.set_errno(0); r = libc.syscall(${number}, ${args}); print('${name}', 'ok' if r != -1 else ctypes.get_errno())`,
  )
  return `python3 - <<'END'
import ctypes, socket, os
libc = ctypes.CDLL(None, use_errno=True)
${lines.join('\n')}
END`
}

describe('the system call filter', () => {
  it('is made for both processors, and for no other', () => {
    for (const arch of ['x64', 'arm64']) {
      const filter = seccompFilter(arch)
      expect((filter?.length ?? 1) % 8).toBe(0)
      // The first thing that it looks at is the processor.
      expect([...(filter?.subarray(0, 8) ?? [])]).toEqual([0x20, 0, 0, 0, 4, 0, 0, 0])
    }
    expect(seccompFilter('riscv64')).toBe(null)
  })
})

describe.skipIf(bubblewrapMissing !== null || !python)(
  `inside a box with the filter${bubblewrapMissing === null ? '' : ` (skipped: ${bubblewrapMissing})`}${python ? '' : ' (skipped: python3 is not here)'}`,
  () => {
    let bench: Bench
    beforeEach(async () => {
      bench = await makeBench()
    })
    afterEach(() => bench.remove())

    it('is refused every call that it has no use for', async () => {
      const { socket: _, socketpair: _pair, ptrace, ...refused } = numbers
      const calls = Object.entries(refused).map(
        ([name, number]) => [name, number, '0, 0, 0, 0, 0, 0'] as const,
      )
      const attach = [
        ['attach', ptrace, '16, 1, 0, 0'],
        ['seize', ptrace, '0x4206, 1, 0, 0'],
      ] as const
      const { output } = await bench.run('bubblewrap', tries([...calls, ...attach]))
      const lines = output.trim().split('\n')
      expect(lines).toHaveLength(calls.length + 2)
      expect(lines.filter((line) => !line.endsWith(' 1'))).toEqual([])
    })

    it('opens sockets of four families alone', async () => {
      const families = Array.from({ length: 46 }, (_, family) => family)
      const calls = families.flatMap((family) =>
        (['socket', 'socketpair'] as const).map(
          (name) =>
            [
              `${name}-${family}`,
              numbers[name],
              `${family}, 2, 0, ctypes.byref((ctypes.c_int * 2)())`,
            ] as const,
        ),
      )
      const { output } = await bench.run('bubblewrap', tries(calls))
      const opened = output.split('\n').filter((line) => line !== '' && !line.endsWith(' 97'))
      expect(opened.filter((line) => line.endsWith(' ok'))).toEqual(
        expect.arrayContaining(['socket-1 ok', 'socketpair-1 ok', 'socket-2 ok', 'socket-10 ok']),
      )
      const named = opened.map((line) => Number(/-(\d+) /.exec(line)?.[1]))
      expect(named.filter((family) => ![1, 2, 10, 16].includes(family))).toEqual([])
    })

    it('finds no way around by the calls of another set', async ({ skip }) => {
      skip(process.arch !== 'x64', 'only x86-64 has further sets')
      const x32 = 0x40000000
      const { output } = await bench.run(
        'bubblewrap',
        tries([['x32', x32 + (numbers.keyctl ?? 0), '0, 0, 0, 0']]),
      )
      expect(output).toBe('x32 38\n')
      // `int 0x80` is the door of 32-bit programs: getpid is 20 there.
      const old = `python3 - <<'END'
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]))
print('before', flush=True)
print(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))())
END`
      const result = await bench.run('bubblewrap', old)
      expect(result.output).toMatch(/^before\n(?!\d)/)
      expect(result.ended).toBe('signal SIGSYS')
    })

    it('goes on to run debuggers of its own children, pipes, threads and signals', async () => {
      const program = `python3 - <<'END'
import ctypes, os, signal, socket, subprocess, threading
libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    libc.ptrace(0, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(7)
os.waitpid(child, 0)
libc.ptrace(7, child, 0, 0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
done = []
thread = threading.Thread(target=lambda: done.append(subprocess.run(['true']).returncode))
thread.start(); thread.join()
a, b = socket.socketpair()
a.send(b'hello'); done.append(b.recv(5))
print(done)
END`
      expect((await bench.run('bubblewrap', program)).output).toBe("7\n[0, b'hello']\n")
    })

    it('sees no names of keys', async () => {
      const { output } = await bench.run('bubblewrap', 'cat /proc/keys /proc/key-users; echo end')
      expect(output).toMatch(/end\n$/)
      expect(output).not.toMatch(/keyring|_uid|^\s*\d+:/m)
    })
  },
)

describe.skipIf(ownKeyring().length === 0 || !python)('the session keyring of a box', () => {
  it('is a new and empty one', () => {
    const keyctl = `${numbers.keyctl}`
    const program = [
      'import ctypes, sys',
      'libc = ctypes.CDLL(None, use_errno=True)',
      'libc.syscall.restype = ctypes.c_long',
      // KEYCTL_GET_KEYRING_ID of the session's, and KEYCTL_READ of it.
      `ring = libc.syscall(${keyctl}, 0, -3, 0)`,
      `print(ring, libc.syscall(${keyctl}, 11, -3, 0, 0))`,
    ].join('\n')
    const read = (enter: readonly string[]) => {
      const [file = '', ...argv] = [...enter, '/usr/bin/env', 'python3', '-c', program]
      return execFileSync(file, argv, { encoding: 'utf8' }).trim().split(' ')
    }
    const [before] = read([])
    const [after, bytes] = read(ownKeyring())
    expect(after).not.toBe(before)
    expect(bytes).toBe('0')
  })
})
