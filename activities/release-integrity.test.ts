import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AcceptedTag } from '../domain/release.ts'
import type { SignerKey } from '../domain/settings.ts'
import { makeSshKey, missingProgram, onlyGit, type TestKey } from '../git/integrity/testing.ts'
import { fetchRelease } from './fetch-release.ts'
import { pushCandidate } from './push-candidate.ts'
import { type ActivityWorld, makeWorld, prepare, pushInput } from './testing.ts'
import type { FetchInput } from './types.ts'

let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

function fetch(input: FetchInput, deps = world.deps) {
  return fetchRelease(input, deps, world.step)
}

/** Moves the tag to a commit of its own; returns what it is now. */
function move(tag: string): string {
  world.upstream.commit('Slip in', { 'slipped.txt': tag })
  world.upstream.git('tag', '-f', '-a', '-m', tag, tag)
  return world.upstream.oid(tag)
}

describe('a tag that moved', () => {
  it('raises the alarm with evidence, and is the release once a person took that very object', async () => {
    await fetch(world.input('v1.1.0'))
    const before = world.upstream.oid('v1.1.0')
    const after = move('v1.1.0')
    const alarm = await fetch(world.input('v1.1.0'))
    expect(alarm).toMatchObject({ kind: 'tag-moved', before, after })
    expect(alarm.kind === 'tag-moved' && alarm.evidence?.join('\n')).toContain('slipped.txt')
    const accepted: AcceptedTag[] = [{ need: 'tag-moved', tagObject: after }]
    const signature: AcceptedTag[] = [{ need: 'tag-signature', tagObject: after }]
    expect(await fetch({ ...world.input('v1.1.0'), accepted: signature })).toMatchObject({
      kind: 'tag-moved',
    })
    expect(await fetch({ ...world.input('v1.1.0'), accepted })).toMatchObject({
      kind: 'ready',
      release: { tagObject: after },
    })
  })

  it('is noticed by another worker from what the attempt fetched before', async () => {
    const first = await fetch(world.input('v1.1.0'))
    if (first.kind !== 'ready') throw new Error(first.kind)
    move('v1.1.0')
    const again = { ...world.input('v1.1.0'), seen: first.release }
    expect(await fetch(again, world.elsewhere())).toMatchObject({ kind: 'tag-moved' })
  })

  it.each(['moved', 'was deleted'])('holds the push when it %s while the attempt ran', async (how) => {
    const prepared = await prepare(world, world.input('v1.1.0'))
    const input = { ...pushInput(prepared), release: prepared.fetched.release }
    const before = world.upstream.oid('v1.1.0')
    const after = how === 'moved' ? move('v1.1.0') : null
    if (after === null) world.upstream.git('tag', '-d', 'v1.1.0')
    const held = await pushCandidate(input, world.deps, world.step)
    expect(held).toMatchObject({ kind: 'tag-moved', before, after })
    expect(world.origin.git('for-each-ref', 'refs/heads/undrift')).toBe('')

    const accepted: AcceptedTag[] = [{ need: 'tag-moved', tagObject: after ?? before }]
    const pushed = await pushCandidate({ ...input, accepted }, world.deps, world.step)
    // What was replayed stands on the old commit: a new object is taken by beginning again, never by this push.
    expect(pushed.kind).toBe(after === null ? 'pushed' : 'tag-moved')
  })
})

describe('a release that is older than what the branch stands on', () => {
  it('is skipped with a reason that names both, and the very one it stands on is not', async () => {
    world.fork.git('fetch', '-q', world.upstream.dir, 'v1.1.0')
    world.fork.git('rebase', '-q', 'FETCH_HEAD', 'main')
    for (const remote of [world.origin, world.mirror]) world.fork.git('push', '-q', '-f', remote.dir, 'main')
    expect(await fetch(world.input('v1.0.0'))).toMatchObject({
      kind: 'skipped',
      reason: 'v1.0.0 is older than v1.1.0, which main stands on already; a line never goes back.',
    })
    expect(await fetch(world.input('v1.1.0'))).toMatchObject({ kind: 'ready', contained: true })
  })
})

const missing = missingProgram('ssh-keygen')

describe.skipIf(missing !== null)(
  `a tag that must be signed${missing === null ? '' : ` (skipped: ${missing})`}`,
  () => {
    let ada: TestKey
    let bea: TestKey
    beforeEach(() => {
      const keys = join(world.upstream.dir, '..', 'keys')
      ada = makeSshKey(keys, 'ada')
      bea = makeSshKey(keys, 'bea')
    })

    function sign(tag: string, { flags }: TestKey): void {
      world.upstream.git(...flags, 'tag', '-f', '-s', '-m', tag, tag)
    }

    function signed(tag: string, keys: readonly SignerKey[], more: Partial<FetchInput> = {}): FetchInput {
      const input = world.input(tag)
      const { settings } = input
      return {
        ...input,
        settings: { ...settings, upstream: { ...settings.upstream, signedBy: keys } },
        ...more,
      }
    }

    it('passes with a named signer, and asks about any other, or none, until a person lets that object go', async () => {
      sign('v3.0.0', ada)
      const ready = await fetch(signed('v3.0.0', [ada.key]))
      expect(ready).toMatchObject({
        kind: 'ready',
        signer: expect.stringMatching(/^SSH key SHA256:.* \(ada\)$/),
      })
      sign('v3.1.0', bea)
      const alarm = await fetch(signed('v3.1.0', [ada.key]))
      expect(alarm).toMatchObject({
        kind: 'tag-signature',
        reason: expect.stringContaining('not among the named keys'),
      })
      expect(alarm.kind === 'tag-signature' && alarm.evidence.join('\n')).toMatch(
        /named in the config: SSH key .* \(ada\)/,
      )

      const unsigned = await fetch(signed('v1.1.0', [ada.key]))
      expect(unsigned).toMatchObject({
        kind: 'tag-signature',
        reason: expect.stringContaining('lightweight'),
      })
      const tagObject = world.upstream.oid('v1.1.0')
      const moved: AcceptedTag[] = [{ need: 'tag-moved', tagObject }]
      expect(await fetch(signed('v1.1.0', [ada.key], { accepted: moved }))).toMatchObject({
        kind: 'tag-signature',
      })
      const accepted: AcceptedTag[] = [{ need: 'tag-signature', tagObject }]
      const passed = await fetch(signed('v1.1.0', [ada.key], { accepted }))
      expect(passed).toMatchObject({ kind: 'ready' })
      expect(passed).not.toHaveProperty('signer')
    })

    it('asks once when another named key signs than the last time', async () => {
      const keys = [ada.key, bea.key]
      sign('v3.0.0', ada)
      sign('v3.1.0', bea)
      sign('v3.2.0', bea)
      expect(await fetch(signed('v3.0.0', keys))).toMatchObject({ kind: 'ready' })
      const alarm = await fetch(signed('v3.1.0', keys))
      expect(alarm).toMatchObject({
        kind: 'tag-signature',
        reason: expect.stringMatching(/another.*\(bea\)/),
      })
      expect(alarm.kind === 'tag-signature' && alarm.evidence.join('\n')).toMatch(
        /signer of v3\.0\.0: .*\(ada\)/,
      )
      const accepted: AcceptedTag[] = [{ need: 'tag-signature', tagObject: world.upstream.oid('v3.1.0') }]
      expect(await fetch(signed('v3.1.0', keys, { accepted }))).toMatchObject({ kind: 'ready' })
      expect(await fetch(signed('v3.2.0', keys))).toMatchObject({ kind: 'ready' })
    })

    it('never passes on a worker that cannot check it, and says what to install there', async () => {
      sign('v3.0.0', ada)
      const before = process.env.PATH
      process.env.PATH = onlyGit(join(world.upstream.dir, '..', 'bin'))
      try {
        expect(await fetch(signed('v3.0.0', [ada.key]))).toMatchObject({
          kind: 'signature-tool-missing',
          message: expect.stringContaining('openssh-client'),
        })
      } finally {
        process.env.PATH = before
      }
    })
  },
)
