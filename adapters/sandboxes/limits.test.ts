import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SandboxKind } from '../../domain/settings.ts'
import { type Bench, bubblewrapMissing, makeBench } from './testing.ts'
import { usesTooMuchMemory } from './watch-memory.ts'

const python = spawnSync('python3', ['--version']).status === 0
const megabyte = 1024 ** 2
const boxes: readonly SandboxKind[] = bubblewrapMissing === null ? ['bubblewrap', 'none'] : ['none']

let bench: Bench
beforeEach(async () => {
  bench = await makeBench()
})
afterEach(() => bench.remove())

describe.each(boxes)('a command in the sandbox %s', (kind) => {
  it.skipIf(!python)('is ended when its processes use more memory together than they may', async () => {
    const eat = `python3 -c 'import time; x = bytearray(160 * 1024 ** 2); x[::4096] = b"x" * len(x[::4096]); time.sleep(30)'`
    const limits = { memoryBytes: 256 * megabyte }
    const result = await bench.run(kind, `${eat} & ${eat} & ${eat} & wait -n; wait`, { limits })
    expect(result).toMatchObject({ exitCode: null, ended: 'memory-limit' })
    expect(result.milliseconds).toBeLessThan(28_000)
  })

  it.each([
    ['the work tree', '.'],
    ['the home', '"$HOME"'],
  ])('is ended when it fills %s', async (_, place) => {
    const limits = { diskBytes: 40 * megabyte }
    const command = `cd ${place}; i=0; while :; do i=$((i+1)); head -c 4000000 /dev/zero | tr '\\0' x > f$i; sleep 0.05; done`
    const result = await bench.run(kind, command, { limits })
    expect(result).toMatchObject({ exitCode: null, ended: 'disk-limit' })
  })

  it('is not green when it filled more than it may before anybody looked', async () => {
    const command = `head -c 90000000 /dev/zero | tr '\\0' x > f`
    const result = await bench.run(kind, command, { limits: { diskBytes: 40 * megabyte } })
    expect(result).toMatchObject({ exitCode: null, ended: 'disk-limit' })
  })

  it('may fill what it is allowed', async () => {
    const command = `head -c 20000000 /dev/zero | tr '\\0' x > f; sleep 1`
    expect(await bench.run(kind, command, { limits: { diskBytes: 400 * megabyte } })).toMatchObject({
      exitCode: 0,
    })
  })
})

describe.skipIf(!python || process.platform !== 'linux')(
  'the look at memory, where no group holds a box',
  () => {
    it('counts what processes have, and what they share once', async () => {
      const pids = [process.pid]
      expect(usesTooMuchMemory(pids, 8 * 1024 ** 3)).toBe(false)
      expect(usesTooMuchMemory(pids, 1 * megabyte)).toBe(true)
      expect(usesTooMuchMemory([], 1)).toBe(false)
    })
  },
)
