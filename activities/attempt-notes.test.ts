import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attemptRef } from './attempt-refs.ts'
import { pushCandidate } from './push-candidate.ts'
import { type ActivityWorld, makeWorld, type Prepared, prepare, pushInput } from './testing.ts'

const publish = {
  candidate: 'undrift/candidate/{tag}',
  to: ['origin', 'mirror'],
  push: true,
  notes: true,
}
let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
  world.fork.git('notes', 'add', '-m', 'why: our machines\n\nreviewed by Grace', 'HEAD~1')
  world.fork.git('notes', 'add', '-m', 'of upstream', 'HEAD~2')
  world.fork.git('push', '-q', world.origin.dir, 'refs/notes/commits')
})
afterEach(() => world.remove())

function newOids({ replayed }: Prepared): readonly string[] {
  return replayed.patches.map(({ newOid }) => newOid ?? '')
}

/** What a note on a commit says, in a repository's own notes. */
function note(repo: ActivityWorld['origin'], oid: string): string {
  return repo.git('notes', 'show', oid)
}

describe('the notes of patches', () => {
  it('are copied to the new commits in the mirror, the same on every machine, and stay at home', async () => {
    const input = world.input('v1.1.0')
    const refs = []
    for (const deps of [world.deps, world.elsewhere()]) {
      const prepared = await prepare({ ...world, deps }, input)
      const git = (...argv: string[]) => world.fork.git('--git-dir', deps.data.mirrorOf('up'), ...argv)
      const ref = attemptRef(input, 'notes')
      refs.push(git('rev-parse', ref))
      const [first = ''] = newOids(prepared)
      expect(git('ls-tree', '--name-only', ref)).toBe(first)
      expect(git('cat-file', 'blob', `${ref}:${first}`)).toBe('why: our machines\n\nreviewed by Grace')
      const before = world.origin.oid('refs/notes/commits')
      await pushCandidate(pushInput(prepared), deps, world.step)
      expect(world.origin.oid('refs/notes/commits')).toBe(before)
    }
    expect(refs[0]).toBe(refs[1])
  })

  it('go out with the candidate where the config says so, beside those that are there, once', async () => {
    const prepared = await prepare(world, world.input('v1.1.0', { publish }))
    // Somebody writes a note on something else meanwhile.
    world.fork.git('notes', 'add', '-m', 'later', 'HEAD^{tree}')
    world.fork.git('push', '-q', world.origin.dir, 'refs/notes/commits')
    expect((await pushCandidate(pushInput(prepared), world.deps, world.step)).kind).toBe('pushed')
    const [first = ''] = newOids(prepared)
    expect(note(world.origin, first)).toContain('reviewed by Grace')
    expect(note(world.mirror, first)).toContain('reviewed by Grace')
    expect(note(world.origin, world.fork.oid('HEAD^{tree}'))).toBe('later')
    const pushed = world.origin.oid('refs/notes/commits')
    await pushCandidate(pushInput(prepared), world.deps, world.step)
    await pushCandidate(pushInput(prepared), world.elsewhere(), world.step)
    expect(world.origin.oid('refs/notes/commits')).toBe(pushed)
    expect(world.origin.git('fsck', '--strict', '--no-dangling')).toBe('')
  })

  it('of a fixup and its patch are put together on the one commit', async () => {
    world.fork.commit('fixup! Ours beside', { 'c.txt': 'better\n' })
    world.fork.git('notes', 'add', '-m', 'of the fixup', 'HEAD')
    world.fork.git('notes', 'add', '-m', 'of the patch', 'HEAD~1')
    world.fork.git('push', '-q', world.origin.dir, 'main', 'refs/notes/commits')
    const prepared = await prepare(world, world.input('v1.1.0', { publish }))
    await pushCandidate(pushInput(prepared), world.deps, world.step)
    expect(note(world.origin, newOids(prepared)[1] ?? '')).toBe('of the patch\n\nof the fixup')
  })

  it('are forgotten in the mirror when the fork has none any more', async () => {
    await prepare(world, world.input('v1.1.0', { publish }))
    world.origin.git('update-ref', '-d', 'refs/notes/commits')
    const prepared = await prepare(world, world.input('v1.1.0', { publish }))
    await pushCandidate(pushInput(prepared), world.deps, world.step)
    expect(world.origin.git('for-each-ref', 'refs/notes')).toBe('')
  })
})
