import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
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
