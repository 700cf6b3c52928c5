import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchRelease } from './fetch-release.ts'
import { type ActivityWorld, makeWorld } from './testing.ts'

let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

describe('fetching a release', () => {
  it('pins the tag object, its commit and the maintained branch', async () => {
    const result = await fetchRelease(world.input('v1.0.0'), world.deps, world.step)
    expect(result).toMatchObject({
      kind: 'ready',
      release: {
        tag: 'v1.0.0',
        tagObject: world.upstream.oid('v1.0.0'),
        commit: world.upstream.oid('v1.0.0^{commit}'),
      },
      stackHead: world.fork.oid('main'),
      contained: true,
      standsOn: 'v1.0.0',
    })
  })

  it('takes no other tag than its watch saw first, whoever starts it, unless a person took it', async () => {
    const { upstream, step } = world
    const before = {
      tag: 'v1.0.0',
      tagObject: upstream.oid('v1.0.0'),
      commit: upstream.oid('v1.0.0^{commit}'),
    }
    upstream.git('tag', '-f', '-a', '-m', 'Another', 'v1.0.0', 'v1.1.0')
    const after = upstream.oid('v1.0.0')
    const deps = { ...world.deps, seenByWatch: async () => before }
    const input = world.input('v1.0.0')
    const moved = await fetchRelease(input, deps, step)
    expect(moved).toMatchObject({ kind: 'tag-moved', before: before.tagObject, after })
    const evidence = moved.kind === 'tag-moved' ? (moved.evidence ?? []) : []
    expect(evidence.join('\n')).toContain('whole diff: ')
    expect(evidence.join('\n')).toContain('+theirs')
    const accepted = [{ need: 'tag-moved', tagObject: after } as const]
    expect(await fetchRelease({ ...input, accepted }, deps, step)).toMatchObject({
      kind: 'ready',
      release: { tagObject: after },
    })
  })

  it('says what is missing when there is no such tag, no commit behind it, or no branch', async () => {
    world.upstream.git('tag', 'v9.0.0', 'HEAD^{tree}')
    const reasons = []
    for (const input of [
      world.input('v8.0.0'),
      world.input('1.1.0'),
      world.input('v9.0.0'),
      world.input('v1.1.0', { branch: 'gone' }),
    ]) {
      const result = await fetchRelease(input, world.deps, world.step)
      reasons.push(result.kind === 'blocked' ? result.reason : result.kind)
    }
    expect(reasons).toEqual([
      `There is no tag v8.0.0 in ${world.upstream.dir}.`,
      `There is no tag 1.1.0 in ${world.upstream.dir}. There is v1.1.0: \`undrift run --data ${world.deps.data.root} mine v1.1.0\`.`,
      'The tag v9.0.0 does not name a commit.',
      `There is no branch gone in ${world.origin.dir}.`,
    ])
  })

  it('names the secret that this worker lacks, and never another', async () => {
    const origin = {
      name: 'origin',
      url: 'https://git.example.org/me/x.git',
      token: 'env:NO_SUCH_TOKEN',
    } as const
    const input = world.input('v1.1.0', { remotes: [origin] })
    await expect(fetchRelease(input, world.deps, world.step)).rejects.toMatchObject({
      code: 'UNDRIFT_E_SECRET',
      message: expect.stringContaining('env:NO_SUCH_TOKEN'),
    })
  })
})
