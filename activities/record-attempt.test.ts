import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openConflict, openMirror, readLedger, recordedRangeDiff, takeConflict } from '../git/index.ts'
import { recordAttempt } from './record-attempt.ts'
import type { RecordInput } from './record-types.ts'
import { replayStack } from './replay-stack.ts'
import { type ActivityWorld, makeWorld, prepare, pushInput } from './testing.ts'

const line = { fork: 'mine', line: 'main' }
let world: ActivityWorld
let input: RecordInput
beforeEach(async () => {
  world = makeWorld()
  input = await ended('v1.1.0', '2026-05-04T03:02:01.000Z')
})
afterEach(() => world.remove())

/** What the workflow says of an attempt that pushed its candidate. */
async function ended(tag: string, at: string): Promise<RecordInput> {
  const prepared = await prepare(world, world.input(tag))
  const { settings, attempt, head, onto, stackHead } = pushInput(prepared)
  const { base, patches } = prepared.replayed
  const ref = `refs/heads/undrift/candidate/${tag}`
  const candidates = [{ ref, remote: 'origin', sha: head, pushed: true }]
  const outcome = 'changed' as const
  const rest = { reason: 'Done.', checks: [], decisions: [], candidates }
  return { settings, attempt, tag, outcome, at, base, onto, stackHead, head, patches, ...rest }
}

async function entries() {
  return readLedger(await openMirror({ path: world.deps.data.mirrorOf('up') }), line)
}

describe('recording an attempt', () => {
  it('leaves its verdicts and its result in the ledger of its line, once however often it is done', async () => {
    const first = await recordAttempt(input, world.deps, world.step)
    expect(await recordAttempt(input, world.deps, world.step)).toEqual(first)
    const [entry, ...none] = await entries()
    expect(none).toEqual([])
    const { settings: _, ...told } = input
    const tree = pushInput(await prepare(world, world.input('v1.1.0'))).tree
    expect(entry).toEqual({ ...told, ...line, oid: first.entry, tree, resolutions: [] })
    expect(entry?.patches.map(({ verdict }) => verdict)).toEqual(['unchanged', 'unchanged'])
  })

  it('keeps how the patches changed, for a reviewer', async () => {
    const { entry } = await recordAttempt(input, world.deps, world.step)
    const shown = await recordedRangeDiff(await openMirror({ path: world.deps.data.mirrorOf('up') }), entry)
    expect(shown?.split('\n').filter((line) => /^\d/.test(line))).toEqual([
      expect.stringContaining('Ours at the top'),
      expect.stringContaining('Ours beside'),
    ])
  })

  it('keeps what was said of an earlier run of the same attempt', async () => {
    const failed = { ...input, outcome: 'failed' as const, at: '2026-05-03T00:00:00.000Z' }
    await recordAttempt(failed, world.deps, world.step)
    await recordAttempt(input, world.deps, world.step)
    expect((await entries()).map(({ outcome }) => outcome)).toEqual(['changed', 'failed'])
  })

  it('is done on a machine that never saw the result', async () => {
    const deps = world.elsewhere()
    const { entry } = await recordAttempt(input, deps, world.step)
    const mirror = await openMirror({ path: deps.data.mirrorOf('up') })
    expect(await readLedger(mirror, line)).toMatchObject([{ oid: entry, head: input.head, tree: null }])
  })

  it('names the resolutions that settled a patch, new and remembered ones alike', async () => {
    const mirror = await openMirror({ path: world.deps.data.mirrorOf('up') })
    const conflicted = await prepare(world, world.input('v2.0.0'))
    const { result } = await replayStack(mirror, conflicted.rebase, world)
    if (result.kind !== 'conflict') throw new Error('There is no conflict.')
    const dir = world.deps.data.resolveTreeOf(input.attempt)
    await openConflict(mirror, { conflict: result.at, dir })
    writeFileSync(join(dir, 'a.txt'), 'settled\n')
    const taking = { conflict: result.at, dir, by: 'Grace', at: '2026-05-01T00:00:00.000Z' }
    const taken = await takeConflict(mirror, { ...taking, attempt: 'maintain/mine/main/v1.9.0' })
    if (taken.kind !== 'taken') throw new Error('It was not taken.')
    await recordAttempt(await ended('v2.0.0', '2026-05-05T00:00:00.000Z'), world.deps, world.step)
    const [entry] = await entries()
    expect(entry?.patches[0]?.verdict).toBe('reused')
    expect(entry?.resolutions).toEqual([{ oid: taken.resolution, by: 'Grace', at: taking.at }])
  })
})
