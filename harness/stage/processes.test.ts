import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { familyOf, killNow, listProcesses, stillRunning, waitForEnd } from './processes.ts'

describe.skipIf(!existsSync('/proc/self/stat'))('processes (skipped where there is no /proc)', () => {
  it('finds a child with its children, and that they are gone', async () => {
    const child = spawn('sh', ['-c', 'sleep 300 & echo ready; wait'], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(child.stdout, 'data')
    const family = familyOf(Number(child.pid), await listProcesses())
    expect(family[0]?.command).toContain('sleep 300 &')
    expect(family[1]?.command).toBe('sleep 300')
    expect(await stillRunning(family)).toEqual(family)
    await killNow(family)
    expect(await waitForEnd(family, 10_000)).toEqual([])
    expect(familyOf(Number(child.pid), await listProcesses())).toEqual([])
  })
})
