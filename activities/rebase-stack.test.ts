import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openConflict, openMirror, readStack, replay } from '../git/index.ts'
import { numberedLines } from '../git/testing.ts'
import { rebaseStack } from './rebase-stack.ts'
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

  it('stops at the patch that conflicts and names its paths', async () => {
    const { replayed } = await prepare(world, world.input('v2.0.0'))
    expect(replayed).toMatchObject({
      kind: 'conflict',
      patch: { subject: 'Ours at the top' },
      paths: [{ path: 'a.txt', kind: 'content' }],
      patches: [{ verdict: 'conflict' }, { verdict: null }],
    })
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
})
