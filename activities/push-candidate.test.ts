import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pushCandidate } from './push-candidate.ts'
import { type ActivityWorld, makeWorld, type Prepared, prepare, pushInput } from './testing.ts'

const ref = 'refs/heads/undrift/candidate/v1.1.0'
let world: ActivityWorld
let prepared: Prepared
beforeEach(async () => {
  world = makeWorld()
  prepared = await prepare(world, world.input('v1.1.0'))
})
afterEach(() => world.remove())

describe('pushing a candidate', () => {
  it('gives both remotes the same commit and leaves the maintained branch alone', async () => {
    const input = pushInput(prepared)
    const before = world.origin.oid('main')
    const result = await pushCandidate(input, world.deps, world.step)
    expect(result).toMatchObject({
      kind: 'pushed',
      candidates: [
        { remote: 'origin', ref, sha: input.head, pushed: true, url: null },
        { remote: 'mirror', ref, sha: input.head, pushed: true },
      ],
    })
    expect([world.origin.oid(ref), world.mirror.oid(ref)]).toEqual([input.head, input.head])
    expect(world.origin.oid('main')).toBe(before)
  })

  it('changes nothing when it is done again, also on another machine', async () => {
    const input = pushInput(prepared)
    const first = await pushCandidate(input, world.deps, world.step)
    expect(await pushCandidate(input, world.deps, world.step)).toEqual(first)
    expect(await pushCandidate(input, world.elsewhere(), world.step)).toEqual(first)
  })

  it('makes the commit again on a machine that never saw it', async () => {
    const input = pushInput(prepared)
    const result = await pushCandidate(input, world.elsewhere(), world.step)
    expect(result.kind).toBe('pushed')
    expect(world.mirror.oid(ref)).toBe(input.head)
  })

  it('never overwrites a commit that somebody else put there', async () => {
    const theirs = world.fork.commit('By hand', { 'd.txt': 'd\n' })
    world.fork.git('push', '-q', world.origin.dir, `HEAD:${ref}`)
    const result = await pushCandidate(pushInput(prepared), world.deps, world.step)
    expect(result).toMatchObject({ kind: 'candidate-moved', remote: 'origin', actual: theirs })
    expect(world.origin.oid(ref)).toBe(theirs)
  })

  it('looks at every remote before it moves one, and goes on after one that refused', async () => {
    const theirs = world.fork.commit('By hand', { 'd.txt': 'd\n' })
    world.fork.git('push', '-q', world.mirror.dir, `HEAD:${ref}`)
    const input = pushInput(prepared)
    const moved = await pushCandidate(input, world.deps, world.step)
    expect(moved).toMatchObject({ kind: 'candidate-moved', remote: 'mirror', actual: theirs, candidates: [] })
    expect(world.origin.git('for-each-ref', ref)).toBe('')

    world.mirror.git('update-ref', '-d', ref)
    const hook = join(world.mirror.dir, 'hooks', 'pre-receive')
    writeFileSync(hook, '#!/bin/sh\necho no >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    const refused = await pushCandidate(input, world.deps, world.step)
    expect(refused).toMatchObject({ kind: 'refused', remote: 'mirror', candidates: [{ remote: 'origin' }] })
    chmodSync(hook, 0o644)
    const done = await pushCandidate(input, world.deps, world.step)
    expect(done).toMatchObject({ kind: 'pushed', candidates: [{ remote: 'origin' }, { remote: 'mirror' }] })
  })

  it.each(['undrift', 'undrift/candidate', 'undrift/candidate/v1.1.0/old'])(
    'names the branch %s that leaves no room for a candidate, and moves nothing anywhere',
    async (branch) => {
      world.mirror.git('branch', branch, 'main')
      const result = await pushCandidate(pushInput(prepared), world.deps, world.step)
      expect(result).toMatchObject({ kind: 'refused', remote: 'mirror', candidates: [] })
      const words = result.kind === 'refused' ? result.words : ''
      expect(words).toContain(`The branch \`${branch}\` on mirror is in the way`)
      expect(words).toContain(`--delete ${branch}`)
      expect(world.origin.git('for-each-ref', ref)).toBe('')
    },
  )

  it('replaces its own older candidate of the same release', async () => {
    await pushCandidate(pushInput(prepared), world.deps, world.step)
    world.fork.commit('One patch more', { 'e.txt': 'e\n' })
    world.fork.git('push', '-q', world.origin.dir, 'main')
    const again = pushInput(await prepare(world, world.input('v1.1.0')))
    expect((await pushCandidate(again, world.deps, world.step)).kind).toBe('pushed')
    expect(world.origin.oid(ref)).toBe(again.head)
  })

  it('notices that the maintained branch went on, and pushes nothing', async () => {
    const actual = world.fork.commit('Meanwhile', { 'f.txt': 'f\n' })
    world.fork.git('push', '-q', world.origin.dir, 'main')
    const result = await pushCandidate(pushInput(prepared), world.deps, world.step)
    expect(result).toEqual({ kind: 'branch-moved', actual })
    expect(world.origin.git('for-each-ref', ref)).toBe('')
  })

  it('refuses to push a tree that is not the one that passed the checks', async () => {
    const input = { ...pushInput(prepared), tree: world.upstream.oid('v1.0.0^{tree}') }
    await expect(pushCandidate(input, world.deps, world.step)).rejects.toMatchObject({
      code: 'UNDRIFT_E_INTEGRITY',
    })
  })
})
