import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openConflict, openMirror, readStack, replay } from '../git/index.ts'
import { numberedLines } from '../git/testing.ts'
import { rebaseStack } from './rebase-stack.ts'
import { recordAttempt } from './record-attempt.ts'
import { type ActivityWorld, makeWorld, type Prepared, prepare } from './testing.ts'

let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

/** Opens the conflict's work tree, as `undrift resolve` does. */
async function open({ rebase }: Prepared): Promise<string> {
  const mirror = await openMirror({ path: world.deps.data.mirrorOf('up') })
  const { stackHead, onto, attempt, settings } = rebase
  const stack = await readStack(mirror, { head: stackHead, onto })
  const result = await replay(mirror, { stack, onto, committer: settings.fork.committer, attempt })
  if (result.kind !== 'conflict') throw new Error('There is no conflict.')
  const dir = world.deps.data.resolveTreeOf(attempt)
  await openConflict(mirror, { conflict: result.at, dir })
  return dir
}

describe('rebasing a stack', () => {
  it('gives the same commits on every machine', async () => {
    const { rebase, replayed } = await prepare(world, world.input('v1.1.0'))
    expect(replayed).toMatchObject({ kind: 'done', base: world.upstream.oid('v1.0.0^{commit}') })
    expect(await rebaseStack(rebase, world.elsewhere(), world.step)).toEqual(replayed)
  })

  it("leaves out what the fork's rules say", async () => {
    const patches = { policy: 'strict', exclude: [], squashAuthors: [] } as const
    const { replayed } = await prepare(world, world.input('v1.1.0', { patches }))
    expect(replayed.patches.map(({ verdict, cause }) => [verdict, cause])).toEqual([
      ['dropped', 'policy'],
      ['dropped', 'policy'],
    ])
  })

  it('stops at the patch that conflicts and names its paths', async () => {
    const { replayed } = await prepare(world, world.input('v2.0.0'))
    expect(replayed).toMatchObject({
      kind: 'conflict',
      patch: { subject: 'Ours at the top' },
      paths: [{ path: 'a.txt', kind: 'content' }],
      patches: [{ verdict: 'conflict' }, { verdict: null }],
      behind: 0,
    })
  })

  it('says how many patches behind the first conflict, too', async () => {
    world.fork.commit('Ours at the end', { 'a.txt': numberedLines(30, { 2: 'ours', 28: 'ours' }) })
    world.fork.git('push', '-q', world.origin.dir, 'main')
    const { replayed } = await prepare(world, world.input('v2.0.0'))
    expect(replayed).toMatchObject({ kind: 'conflict', behind: 1 })
  })

  it('takes a settled work tree when it is resumed with a bare signal, and says what an unsettled one lacks', async () => {
    const prepared = await prepare(world, world.input('v2.0.0'))
    const dir = await open(prepared)
    const resumed = { ...prepared.rebase, takeWorkTree: true }
    const unsettled = await rebaseStack(resumed, world.deps, world.step)
    expect(unsettled).toMatchObject({ kind: 'conflict', unsettled: [expect.stringContaining('a.txt')] })

    writeFileSync(join(dir, 'a.txt'), numberedLines(30, { 2: 'both', 28: 'theirs' }))
    const settled = await rebaseStack(resumed, world.deps, world.step)
    expect(settled).toMatchObject({ kind: 'done', patches: [{ verdict: 'resolved' }, {}] })
    // What was settled once is not asked again.
    expect((await rebaseStack(prepared.rebase, world.deps, world.step)).kind).toBe('done')
  })

  it('asks about another conflict although the work tree of an earlier one still lies there', async () => {
    const dir = await open(await prepare(world, world.input('v2.0.0')))
    world.fork.git('reset', '-q', '--hard', 'v1.0.0')
    world.fork.commit('Ours, otherwise', { 'a.txt': numberedLines(30, { 2: 'otherwise' }) })
    world.fork.git('push', '-qf', world.origin.dir, 'main')
    const { rebase } = await prepare(world, world.input('v2.0.0'))
    const resumed = await rebaseStack({ ...rebase, takeWorkTree: true }, world.deps, world.step)
    expect(resumed).toMatchObject({
      kind: 'conflict',
      patch: { subject: 'Ours, otherwise' },
      unsettled: [expect.stringContaining(`\`mv ${dir} ${dir}.old\``)],
    })
  })

  it('asks about a patch that upstream may have with changes, and keeps to what persons said of it before', async () => {
    const added = 'function limit(value) {\n  return Math.min(value, 30)\n}\n'
    const ours = world.fork.commit('Add a limit', { 'b.txt': `b\n${added}` })
    world.fork.git('push', '-q', world.origin.dir, 'main')
    world.upstream.git('checkout', '-q', 'v1.1.0')
    const like = world.upstream.commit('Add a limit (#7)', { 'b.txt': `${added.replace('30', '60')}b\n` })
    world.upstream.git('tag', 'v1.2.0')
    world.upstream.commit('More', { 'd.txt': 'd\n' })
    world.upstream.git('tag', 'v1.3.0')
    const open = { subject: 'Add a limit', commits: [ours], as: [{ oid: like, subject: 'Add a limit (#7)' }] }
    const { rebase, replayed } = await prepare(world, world.input('v1.2.0'))
    expect(replayed).toMatchObject({ kind: 'done', likelyLandings: [open], dropped: [] })

    const dropped = await rebaseStack({ ...rebase, dropped: [ours] }, world.deps, world.step)
    expect(dropped).toMatchObject({ kind: 'done', likelyLandings: [], dropped: [ours] })
    expect(dropped.patches.at(-1)).toMatchObject({ verdict: 'dropped', cause: 'person' })

    const say = async (outcome: 'changed' | 'failed', word: { drop: string[] } | { keep: string[] }) => {
      const { attempt, tag, settings, stackHead, onto } = rebase
      const decisions = [{ name: 'resume' as const, by: 'ada', at: '2026-05-04T03:02:01Z', ...word }]
      const ended = { attempt, tag, settings, outcome, reason: 'Done.', at: '2026-05-04T03:02:01.000Z' }
      const rest = { base: null, onto, stackHead, head: null, patches: [], checks: [], candidates: [] }
      await recordAttempt({ ...ended, ...rest, decisions }, world.deps, world.step)
    }
    const next = async () => (await prepare(world, world.input('v1.3.0'))).replayed
    await say('failed', { drop: [ours] })
    expect(await next()).toMatchObject({ likelyLandings: [open], dropped: [] })
    await say('changed', { keep: [ours] })
    expect(await next()).toMatchObject({ likelyLandings: [], dropped: [] })
    await say('changed', { drop: [ours] })
    expect(await next()).toMatchObject({ likelyLandings: [], dropped: [ours] })
  })
})
