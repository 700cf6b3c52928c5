import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bubblewrapMissing } from '../adapters/sandboxes/testing.ts'
import { attemptSlug } from '../domain/ids.ts'
import { regeneratedReports } from '../domain/regenerated.ts'
import type { ForkSettings } from '../domain/settings.ts'
import { openRepo } from '../git/testing.ts'
import { pushCandidate } from './push-candidate.ts'
import { regenerate } from './regenerate.ts'
import { type ActivityWorld, makeWorld, type Prepared, prepare } from './testing.ts'
import type { RegenerateInput, RegenerateResult } from './types.ts'
import { verifyCandidate } from './verify-candidate.ts'

let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
  // Both sides add a file to the list of what there is, made by a command that knows nothing but the files.
  world.upstream.git('checkout', '-q', 'v1.1.0')
  world.upstream.commit('List the files', { lock: 'a.txt\nb.txt\nd.txt\n', 'd.txt': 'd\n' })
  world.upstream.git('tag', 'v1.2.0')
})
afterEach(() => world.remove())

const command = 'ls *.txt > lock'

/** An attempt on v1.2.0 that has replayed its stack, in which the list of files met. */
async function replayed(
  overrides: Partial<ForkSettings> = {},
  ready: () => void = () => {},
): Promise<Prepared & { input: RegenerateInput }> {
  const { fork } = world
  fork.commit('Ours in the list', { lock: 'a.txt\nb.txt\nc.txt\n' })
  fork.commit('Ours on top', { 'e.txt': 'e\n' })
  for (const remote of [world.origin, world.mirror]) fork.git('push', '-q', '-f', remote.dir, 'main')
  ready()
  const { settings } = world.input('v1.2.0')
  const generated = [{ kind: 'run', pattern: 'lock', command } as const]
  const made = await prepare(world, world.input('v1.2.0', { ...settings.fork, generated, ...overrides }))
  if (made.replayed.kind !== 'done') throw new Error(JSON.stringify(made.replayed))
  const { takeWorkTree: _, ...stack } = made.rebase
  const { head, pending = [] } = made.replayed
  return { ...made, input: { ...stack, head, pending } }
}

function madeBy(result: RegenerateResult): Extract<RegenerateResult, { kind: 'made' }> {
  if (result.kind !== 'made') throw new Error(JSON.stringify(result))
  return result
}

describe('making a generated file again', () => {
  it('runs its command on the replayed stack, folds the file into its patch and leaves no work tree', async () => {
    const { input, replayed: before } = await replayed()
    expect(input.pending).toHaveLength(1)
    const { made, regenerated } = madeBy(await regenerate(input, world.deps, world.step))
    const mirror = openRepo(world.deps.data.mirrorOf('up'))
    const log = mirror.git('log', '--format=%s', `${input.onto}..${made.head}`).split('\n')
    expect(log).toEqual(['Ours on top', 'Ours in the list', 'Ours beside', 'Ours at the top'])
    const [stands, lock] = [`${made.head}~1:lock`, mirror.git('show', `${made.head}~1:lock`)]
    expect(lock, stands).toBe('a.txt\nb.txt\nc.txt\nd.txt\ne.txt')
    expect(mirror.git('diff-tree', '--name-only', '-r', `${made.head}~1`, made.head).split('\n')).toContain(
      'e.txt',
    )
    const reports = regeneratedReports(before.patches, regenerated)
    expect(reports.map(({ verdict }) => verdict)).toEqual([
      'unchanged',
      'unchanged',
      'regenerated',
      'unchanged',
    ])
    expect(reports[2]?.reason).toBe(`\`${command}\` made it again: lock.`)
    expect(reports.map(({ newOid }) => newOid).reverse()).toEqual(
      mirror.git('rev-list', `${input.onto}..${made.head}`).split('\n'),
    )
    expect(existsSync(join(world.deps.data.verify, attemptSlug(input.attempt)))).toBe(false)
  })

  it('gives the same commits when it is done again, and on another machine', async () => {
    const { input } = await replayed()
    const first = await regenerate(input, world.deps, world.step)
    expect(await regenerate(input, world.deps, world.step)).toEqual(first)
    expect(await regenerate(input, world.elsewhere(), world.step)).toEqual(first)
  })

  it('gives what any machine verifies and pushes, though the command ran on one', async () => {
    const { input } = await replayed()
    const { made } = madeBy(await regenerate(input, world.elsewhere(), world.step))
    const { pending: _, ...stack } = { ...input, head: made.head, made }
    const commands = ['grep -q d.txt lock && grep -q c.txt lock']
    const fork = { ...input.settings.fork, verify: { ...input.settings.fork.verify, commands } }
    const verify = { ...stack, settings: { ...input.settings, fork } }
    const checked = await verifyCandidate(verify, world.elsewhere(), world.step)
    expect(checked).toMatchObject({ kind: 'passed', tree: made.tree })
    const pushed = await pushCandidate({ ...stack, tree: made.tree }, world.elsewhere(), world.step)
    expect(pushed.kind).toBe('pushed')
    const candidate = 'refs/heads/undrift/candidate/v1.2.0'
    expect(world.origin.git('show', `${candidate}:lock`)).toBe('a.txt\nb.txt\nc.txt\nd.txt\ne.txt')
  })

  it('says on another machine what to do where the files are too large for a message', async () => {
    const { input } = await replayed()
    const { made } = madeBy(await regenerate(input, world.deps, world.step))
    const { pending: _, ...stack } = { ...input, head: made.head, made: { ...made, pack: null } }
    await expect(verifyCandidate(stack, world.elsewhere(), world.step)).rejects.toMatchObject({
      code: 'UNDRIFT_E_PAYLOAD',
      hint: expect.stringContaining('share a data folder'),
    })
  })

  it('carries the notes of patches on to the commits that it makes', async () => {
    const publish = { ...world.input('v1.2.0').settings.fork.publish, notes: true }
    const { input, replayed: before } = await replayed({ publish }, () => {
      for (const [note, patch] of [
        ['why it is ours', 'HEAD'],
        ['why it is beside', 'HEAD~2'],
      ] as const) {
        world.fork.git('notes', 'add', '-m', note, patch)
      }
      world.fork.git('push', '-q', world.origin.dir, 'refs/notes/commits')
    })
    const { made, regenerated } = madeBy(await regenerate(input, world.deps, world.step))
    const { pending: _, ...stack } = { ...input, head: made.head, made }
    expect((await pushCandidate({ ...stack, tree: made.tree }, world.deps, world.step)).kind).toBe('pushed')
    const [, beside, , top] = regeneratedReports(before.patches, regenerated)
    expect(world.origin.git('notes', 'show', beside?.newOid ?? '')).toBe('why it is beside')
    expect(world.origin.git('notes', 'show', top?.newOid ?? '')).toBe('why it is ours')
  })

  it('answers with the log of a command that fails', async () => {
    const generated = [{ kind: 'run', pattern: 'lock', command: 'echo no luck; exit 4' } as const]
    const { input } = await replayed({ generated })
    const result = await regenerate(input, world.deps, world.step)
    expect(result).toMatchObject({ kind: 'red', checks: [{ exitCode: 4, tail: 'no luck' }] })
    const log = result.kind === 'red' ? result.checks[0]?.log : undefined
    expect(readFileSync(log ?? '', 'utf8')).toBe('no luck\n')
  })

  it('answers with a sentence where the command leaves something else than a file', async () => {
    const generated = [{ kind: 'run', pattern: 'lock', command: 'rm lock; ln -s /etc/passwd lock' } as const]
    const { input } = await replayed({ generated })
    const result = await regenerate(input, world.deps, world.step)
    expect(result).toMatchObject({ kind: 'refused', why: expect.stringContaining('lock is a symbolic link') })
  })

  it('names what the command changed beside its files, and takes none of it', async () => {
    const generated = [
      { kind: 'run', pattern: 'lock', command: `${command}; date > a.txt; touch x` } as const,
    ]
    const { input } = await replayed({ generated })
    const { made, regenerated } = madeBy(await regenerate(input, world.deps, world.step))
    expect(regenerated.outside).toEqual({ paths: ['a.txt', 'x'], count: 2 })
    const mirror = openRepo(world.deps.data.mirrorOf('up'))
    expect(mirror.git('diff-tree', '-r', '--name-only', input.head, made.head)).toBe('lock')
  })

  it.skipIf(bubblewrapMissing !== null)('runs in the box, without network, secrets or home', async () => {
    const look =
      'env > lock; ls /root /home >> lock 2>&1; (exec 3<>/dev/tcp/1.1.1.1/53) 2>> lock || echo offline >> lock'
    const generated = [{ kind: 'run', pattern: 'lock', command: look } as const]
    const { input } = await replayed({ generated, sandbox: 'bubblewrap' })
    const deps = { ...world.deps, env: { SECRET: 'hunter2' } }
    const { made } = madeBy(await regenerate(input, deps, world.step))
    const lock = openRepo(world.deps.data.mirrorOf('up')).git('show', `${made.head}:lock`)
    expect(lock).toContain('HOME=/tmp/home')
    expect(lock).toContain('offline')
    expect(lock).not.toContain('hunter2')
  })
})
