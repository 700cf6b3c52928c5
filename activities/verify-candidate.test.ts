import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { attemptSlug } from '../domain/ids.ts'
import { type ActivityWorld, makeWorld, prepare, pushInput } from './testing.ts'
import type { VerifyInput } from './types.ts'
import { verifyCandidate } from './verify-candidate.ts'

let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => {
  vi.unstubAllEnvs()
  world.remove()
})

async function input(commands: readonly string[]): Promise<VerifyInput> {
  const { fork } = world.input('v1.1.0').settings
  const verify = { ...fork.verify, commands }
  return pushInput(await prepare(world, world.input('v1.1.0', { verify })))
}

describe('verifying a candidate', () => {
  it('runs the commands in a work tree of the replayed commit, and leaves none behind', async () => {
    const verify = await input([
      'grep -q ours a.txt && grep -q theirs a.txt',
      'git status --porcelain; git log -1 --format=%s',
    ])
    const result = await verifyCandidate(verify, world.deps, world.step)
    expect(result).toMatchObject({
      kind: 'passed',
      checks: [{ exitCode: 0 }, { exitCode: 0, tail: 'Ours beside' }],
    })
    expect(existsSync(join(world.deps.data.verify, attemptSlug(verify.attempt)))).toBe(false)
  })

  it('stops at the first red command and shows the end of its log', async () => {
    const result = await verifyCandidate(await input(['echo first; exit 3', 'true']), world.deps, world.step)
    expect(result).toMatchObject({
      kind: 'red',
      checks: [{ command: 'echo first; exit 3', exitCode: 3, tail: 'first' }],
    })
    expect(result.kind === 'red' && result.checks).toHaveLength(1)
  })

  it('keeps the home and the temporary folder for all commands of one verification, and no longer', async () => {
    const verify = await input(['test ! -e "$HOME/kept" && echo made > "$HOME/kept"', 'cat "$HOME/kept"'])
    for (const _ of [1, 2]) {
      const result = await verifyCandidate(verify, world.deps, world.step)
      expect(result).toMatchObject({ kind: 'passed', checks: [{ exitCode: 0 }, { tail: 'made' }] })
    }
    expect(readdirSync(world.deps.data.verify)).toEqual([])
  })

  it('bounds the output of all commands together', async () => {
    const verify = await input([
      'head -c 700 /dev/zero | tr "\\0" x',
      'head -c 700 /dev/zero | tr "\\0" y; sleep 60',
    ])
    const { settings } = verify
    const bounds = { ...settings.fork.verify, outputBytes: 1_000 }
    const bounded = { ...verify, settings: { ...settings, fork: { ...settings.fork, verify: bounds } } }
    const result = await verifyCandidate(bounded, world.deps, world.step)
    expect(result).toMatchObject({
      kind: 'red',
      checks: [{ exitCode: 0 }, { exitCode: null, ended: 'output-limit' }],
    })
    expect(result.kind === 'red' && result.checks[1]?.tail).toBe('y'.repeat(300))
  })

  it('asks where what holds a network open is not there', async () => {
    const verify = await input(['true'])
    const { settings } = verify
    const fork = { ...settings.fork, verify: { ...settings.fork.verify, network: { allow: ['localhost'] } } }
    const asked = await verifyCandidate(
      { ...verify, settings: { ...settings, fork } },
      world.deps,
      world.step,
    )
    expect(asked).toEqual({
      kind: 'sandbox-missing',
      message: expect.stringContaining('holds only in a box'),
    })
  })

  it('asks for a sandbox only where there is something to run', async () => {
    const boxed = async (commands: readonly string[]): Promise<VerifyInput> => {
      const verify = await input(commands)
      const { settings } = verify
      return { ...verify, settings: { ...settings, fork: { ...settings.fork, sandbox: 'bubblewrap' } } }
    }
    const [some, none] = [await boxed(['true']), await boxed([])]
    // Only git is on the PATH.
    const bin = join(world.deps.data.verify, '..', 'bin')
    mkdirSync(bin, { recursive: true })
    symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(bin, 'git'))
    vi.stubEnv('PATH', bin)
    expect(await verifyCandidate(some, world.deps, world.step)).toMatchObject({ kind: 'sandbox-missing' })
    expect(await verifyCandidate(none, world.deps, world.step)).toMatchObject({ kind: 'passed', checks: [] })
  })

  it('makes the commit again where the mirror lacks it, because the verify worker may be another machine', async () => {
    const result = await verifyCandidate(await input(['test -f c.txt']), world.elsewhere(), world.step)
    expect(result.kind).toBe('passed')
  })
})
