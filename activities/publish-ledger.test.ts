import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AttemptSettings } from '../domain/settings.ts'
import {
  ledgerRef,
  type Mirror,
  openConflict,
  openMirror,
  readLedger,
  readRef,
  revokeResolution,
  takeConflict,
} from '../git/index.ts'
import { keepResolution, writeResolution } from '../git/resolutions/resolutions.ts'
import { numberedLines } from '../git/testing.ts'
import type { ActivityDeps } from './deps.ts'
import { rebaseStack } from './rebase-stack.ts'
import { recordAttempt } from './record-attempt.ts'
import type { RecordInput } from './record-types.ts'
import { replayStack } from './replay-stack.ts'
import { type ActivityWorld, makeWorld, prepare } from './testing.ts'

const line = { fork: 'mine', line: 'main' }
const ref = ledgerRef(line)
const publish = {
  candidate: 'undrift/candidate/{tag}',
  to: ['origin', 'mirror'],
  push: true,
  ledger: true,
}
let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

/** An attempt that put its candidate on these remotes. */
function ended(
  tag: string,
  remotes: readonly string[] = ['origin', 'mirror'],
  fork: Partial<AttemptSettings['fork']> = { publish },
): RecordInput {
  const { settings, attempt } = world.input(tag, fork)
  const sha = world.fork.oid('main')
  const candidates = remotes.map((remote) => ({ ref: 'refs/heads/x', remote, sha, pushed: true }))
  const oids = { base: null, onto: null, stackHead: null, head: null }
  const rest = { outcome: 'changed' as const, reason: 'Done.', patches: [], checks: [], decisions: [] }
  const at = `2026-05-0${tag[1]}T00:00:00.000Z`
  return { settings, attempt, tag, at, ...oids, ...rest, candidates }
}

function record(input: RecordInput, deps = world.deps) {
  return recordAttempt(input, deps, world.step)
}

function mirrorOf(deps: ActivityDeps): Promise<Mirror> {
  return openMirror({ path: deps.data.mirrorOf('up') })
}

async function tagsOf(deps: ActivityDeps): Promise<readonly string[]> {
  return (await readLedger(await mirrorOf(deps), line)).map(({ tag }) => tag)
}

const refsOn = (remote: ActivityWorld['origin']) => remote.git('for-each-ref', 'refs/undrift')

describe('the ledger of an attempt whose candidate went out', () => {
  it('stays at home where the config does not say otherwise, and where no candidate went out', async () => {
    await record(ended('v1.1.0', ['origin'], {}))
    await record(ended('v2.0.0', []))
    expect([refsOn(world.origin), refsOn(world.mirror)]).toEqual(['', ''])
  })

  it('goes to each remote that has the candidate, with this very entry in it, once', async () => {
    const { entry, unpublished } = await record(ended('v1.1.0', ['origin']))
    expect(unpublished).toEqual([])
    expect(world.origin.oid(ref)).toBe(entry)
    expect(refsOn(world.mirror)).toBe('')
    const second = await record(ended('v2.0.0'))
    expect([world.origin.oid(ref), world.mirror.oid(ref)]).toEqual([second.entry, second.entry])
    expect(await record(ended('v2.0.0'))).toEqual(second)
    expect(world.origin.git('rev-list', '--count', ref)).toBe('2')
  })

  it('takes in what another machine published, and loses nothing of either', async () => {
    const there = world.elsewhere()
    await record(ended('v1.0.0', []))
    await record(ended('v2.0.0', []), there)
    await record(ended('v3.0.0', ['origin']), there)
    await record(ended('v4.0.0', ['origin']))
    expect(await tagsOf(world.deps)).toEqual(['v4.0.0', 'v1.0.0', 'v3.0.0', 'v2.0.0'])
    await record(ended('v5.0.0', ['origin']), there)
    expect(await tagsOf(there)).toEqual(['v5.0.0', 'v4.0.0', 'v1.0.0', 'v3.0.0', 'v2.0.0'])
    expect(world.origin.oid(ref)).toBe(await readRef(await mirrorOf(there), ref))
  })

  it('leaves alone what is no ledger of this line, and says so', async () => {
    const theirs = world.fork.oid('main')
    world.origin.git('update-ref', ref, theirs)
    const { entry, unpublished } = await record(ended('v1.1.0'))
    expect(unpublished).toEqual([`The ledger is not on origin: ${ref} holds something else there.`])
    expect([world.origin.oid(ref), world.mirror.oid(ref)]).toEqual([theirs, entry])
    expect(await tagsOf(world.deps)).toEqual(['v1.1.0'])
  })

  it('is no reason to fail when a remote refuses it or is gone, and goes along with the next candidate', async () => {
    const hook = join(world.origin.dir, 'hooks', 'pre-receive')
    writeFileSync(hook, '#!/bin/sh\necho "no such refs here" >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    const { unpublished } = await record(ended('v1.1.0', ['origin']))
    expect(unpublished).toEqual([expect.stringMatching(/not on origin: it was refused: no such refs here/)])
    chmodSync(hook, 0o644)
    const gone = { name: 'gone', url: join(world.origin.dir, 'nowhere'), token: null }
    const { remotes } = world.input('v2.0.0').settings.fork
    const fork = { remotes: [gone, ...remotes], publish: { ...publish, to: ['gone', 'origin'] } }
    const second = await record(ended('v2.0.0', ['gone', 'origin'], fork))
    expect(second.unpublished).toEqual([expect.stringContaining('The ledger is not on gone: ')])
    expect(world.origin.git('rev-list', '--count', ref)).toBe('2')
  })
})

describe('the resolutions of a fork', () => {
  async function remember(mirror: Mirror, attempt: string, at: string) {
    const patch = { oid: 'a'.repeat(40), subject: 'x' }
    const ours = { mode: '100644', oid: 'b'.repeat(40) }
    const theirs = { mode: '100644', oid: attempt.length.toString(16).padStart(40, '0') }
    const path = { path: 'a', kind: 'content' as const, base: null, ours, theirs, settled: null }
    const record = { by: 'Grace', at, attempt, patch, paths: [path], more: [] }
    const { oid, key } = await writeResolution(mirror, record)
    await keepResolution(mirror, key, oid)
    return { oid, key }
  }

  it('go along, each in its newest word, but none of another fork on the same mirror', async () => {
    const mirror = await mirrorOf(world.deps)
    const first = await remember(mirror, 'maintain/mine/main/v1', '2026-01-01T00:00:00.000Z')
    const foreign = await remember(mirror, 'maintain/mine-too/main/v1', '2026-01-01T00:00:00.000Z')
    await record(ended('v2.0.0'))
    const at = (key: string) => `refs/undrift/resolutions/${key}`
    expect(world.origin.oid(at(first.key))).toBe(first.oid)
    expect(refsOn(world.origin)).not.toContain(foreign.key)

    const newer = await remember(mirror, 'maintain/mine/main/v1', '2026-02-01T00:00:00.000Z')
    expect(newer.key).toBe(first.key)
    await record(ended('v3.0.0'))
    expect(world.mirror.oid(at(first.key))).toBe(newer.oid)

    await revokeResolution(mirror, first.key, { by: 'fay', at: '2026-03-01T00:00:00.000Z' })
    await record(ended('v4.0.0'))
    expect(world.origin.oid(`refs/undrift/revoked/${first.key}^`)).toBe(newer.oid)
  })

  it('are used on another machine at its next fetch', async () => {
    const there = world.elsewhere()
    const { rebase, replayed } = await prepare(world, world.input('v2.0.0', { publish }))
    expect(replayed.kind).toBe('conflict')
    const mirror = await mirrorOf(world.deps)
    const { result } = await replayStack(mirror, rebase, world)
    if (result.kind !== 'conflict') throw new Error('There is no conflict.')
    const dir = world.deps.data.resolveTreeOf(rebase.attempt)
    await openConflict(mirror, { conflict: result.at, dir })
    writeFileSync(join(dir, 'a.txt'), numberedLines(30, { 2: 'both', 28: 'theirs' }))
    const by = { by: 'Grace', at: '2026-01-01T00:00:00.000Z', attempt: 'maintain/mine/main/v1.9.0' }
    await takeConflict(mirror, { conflict: result.at, dir, ...by })
    await record(ended('v1.9.0', ['mirror']))

    const blind = world.input('v2.0.0')
    const elsewhere = { ...world, deps: there }
    expect((await prepare(elsewhere, blind)).replayed.kind).toBe('conflict')
    const told = await prepare(elsewhere, world.input('v2.0.0', { publish }))
    expect(told.replayed).toMatchObject({ kind: 'done', patches: [{ verdict: 'reused' }, {}] })
    expect((await tagsOf(there)).includes('v1.9.0')).toBe(true)
  })

  it('that a replay used travel with the attempt, so that any worker comes to the same', async () => {
    const { rebase } = await prepare(world, world.input('v2.0.0'))
    const mirror = await mirrorOf(world.deps)
    const { result } = await replayStack(mirror, rebase, world)
    if (result.kind !== 'conflict') throw new Error('There is no conflict.')
    const dir = world.deps.data.resolveTreeOf(rebase.attempt)
    await openConflict(mirror, { conflict: result.at, dir })
    writeFileSync(join(dir, 'a.txt'), numberedLines(30, { 2: 'both', 28: 'theirs' }))
    const by = { by: 'Grace', at: '2026-01-01T00:00:00.000Z', attempt: 'maintain/mine/main/v1.9.0' }
    await takeConflict(mirror, { conflict: result.at, dir, ...by })
    const replayed = await rebaseStack(rebase, world.deps, world.step)
    if (replayed.kind !== 'done') throw new Error('There is still a conflict.')
    const { resolutions = [] } = replayed
    expect(resolutions).toHaveLength(1)
    const again = await rebaseStack({ ...rebase, resolutions }, world.elsewhere(), world.step)
    expect(again).toMatchObject({ kind: 'done', head: replayed.head, resolutions: [] })
  })
})
