import { describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { lines, useGround, verdictsOf } from './plan-testing.ts'

const { repo, onFork, plan } = useGround()

describe('folding', () => {
  it('folds a fixup, a squash and an amend into their patch wherever it lies', async () => {
    onFork(() => {
      repo.commit('first', { 'a.txt': lines({ 3: 'first' }) })
      repo.commit('second', { 'a.txt': lines({ 3: 'first', 30: 'second' }) })
      repo.commit('fixup! first', { 'a.txt': lines({ 3: 'first, mended', 30: 'second' }) })
      repo.commit('squash! second\n\nmore words', { 'c.txt': 'second\n' })
      repo.git('commit', '-q', '--allow-empty', '-m', 'amend! first\n\nfirst, by another name\n\nbody')
    })
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const result = await plan()
    expect(result.patches.map(({ subject, folded }) => [subject, folded.length])).toEqual([
      ['first, by another name', 2],
      ['second', 1],
    ])
    expect(result.patches[0]?.folded).toEqual([repo.oid('fork~2'), repo.oid('fork')])
    expect(result.result.kind).toBe('done')
  })

  it('leaves a fixup alone that clashes on its way, or whose patch is elsewhere, and says why', async () => {
    onFork(() => {
      repo.commit('first', { 'a.txt': lines({ 3: 'first' }) })
      repo.commit('between', { 'a.txt': lines({ 3: 'between' }) })
      repo.commit('fixup! first', { 'a.txt': lines({ 3: 'fixed' }) })
      repo.commit('fixup! never seen', { 'c.txt': 'c2\n' })
    })
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const result = await plan()
    expect(verdictsOf(result)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged'])
    expect(result.patches[2]?.reason).toContain('could not be folded into "first"')
    expect(result.patches[3]?.reason).toContain('not in the stack')
  })

  it('keeps an amend whose patch is absent, with its own subject, and folds a fixup of a fixup', async () => {
    onFork(() => {
      repo.commit('first', { 'a.txt': lines({ 3: 'first' }) })
      repo.commit('fixup! first', { 'a.txt': lines({ 3: 'better' }) })
      repo.commit('fixup! fixup! first', { 'a.txt': lines({ 3: 'best' }) })
      repo.commit('amend! gone\n\nanother name', { 'b.txt': lines({ 3: 'amended' }) })
      repo.commit('squash! amend! gone\n\nmore', { 'b.txt': lines({ 3: 'amended again' }) })
    })
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const { patches } = await plan()
    const [first, second, third, fourth, fifth] = repo
      .git('rev-list', '--reverse', 'main~1..fork')
      .split('\n')
    expect(patches.map(({ oid, subject, folded }) => [oid, subject, folded])).toEqual([
      [first, 'first', [second, third]],
      [fourth, 'amend! gone', [fifth]],
    ])
    expect(patches[1]?.reason).toContain('not in the stack')
  })

  it('folds a fixup by the id that it names, and never into what comes after it', async () => {
    onFork(() => {
      const oid = repo.commit('first', { 'a.txt': lines({ 3: 'first' }) })
      repo.commit('fixup! later', { 'b.txt': lines({ 3: 'early' }) })
      repo.commit(`fixup! ${oid.slice(0, 10)}`, { 'a.txt': lines({ 3: 'second' }) })
      repo.commit('later', { 'c.txt': 'later\n' })
    })
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const { patches } = await plan()
    expect(patches.map(({ subject, folded }) => [subject, folded.length])).toEqual([
      ['first', 1],
      ['fixup! later', 0],
      ['later', 0],
    ])
  })

  it('folds consecutive commits of a bot into the first, with the newest message that is not empty', async () => {
    const bot = ['-c', 'user.name=bot']
    const commitAs = (email: string, message: string, files: Record<string, string>) => {
      repo.write(files)
      repo.git('add', '-A')
      repo.git(
        ...bot,
        'commit',
        '-q',
        '--allow-empty',
        '--allow-empty-message',
        '-m',
        message,
        `--author=bot <${email}>`,
      )
      return repo.oid('HEAD')
    }
    const ids = onFork(() => [
      commitAs('123+bot@users.noreply.github.com', 'bump 1', { 'a.txt': lines({ 3: '1' }) }),
      commitAs('bot@users.noreply.github.com', 'bump 2', { 'a.txt': lines({ 3: '2' }) }),
      commitAs('bot@users.noreply.github.com', '', { 'a.txt': lines({ 3: '3' }) }),
      commitAs('ada@example.org', 'by hand', { 'c.txt': 'hand\n' }),
      commitAs('x+bot@example.org', 'another address', { 'c.txt': 'other\n' }),
    ])
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const result = await plan({ squashAuthors: ['bot@users.noreply.github.com', 'bot@example.org'] })
    expect(result.patches.map(({ oid, subject, folded }) => [oid, subject, folded])).toEqual([
      [ids[0], 'bump 2', [ids[1], ids[2]]],
      [ids[3], 'by hand', []],
      [ids[4], 'another address', []],
    ])
  })
})

describe('markers and policy', () => {
  it('drops what a marker says, and a pull request that is in the target', async () => {
    onFork(() => {
      repo.commit('UPSTREAM: <carry>: kept', { 'a.txt': lines({ 3: 'kept' }) })
      repo.commit('UPSTREAM: <drop>: gone', { 'b.txt': lines({ 3: 'gone' }) })
      repo.commit('UPSTREAM: 1234: merged', { 'c.txt': 'merged\n' })
      repo.commit('UPSTREAM: 99: not merged', { 'd.txt': 'd\n' })
      repo.commit('a trailer\n\nUndrift: drop', { 'e.txt': 'e\n' })
      repo.commit('until the tag\n\nUndrift: until v2', { 'f.txt': 'f\n' })
      repo.commit('plain', { 'g.txt': 'g\n' })
    })
    const merged = repo.commit('the pull request', { 'p.txt': 'p\n' })
    repo.git('tag', '-a', '-m', 'v2', 'v2')
    const upstreamPrs = new Map([[1234, merged]])
    const result = await plan({ upstreamPrs })
    expect(result.patches.map(({ verdict, cause }) => [verdict, cause])).toEqual([
      ['unchanged', null],
      ['dropped', 'marker'],
      ['dropped', 'upstream-pr'],
      ['unchanged', null],
      ['dropped', 'marker'],
      ['dropped', 'marker'],
      ['unchanged', null],
    ])
    expect((await plan({ tags: 'strict' })).patches.at(-1)).toMatchObject({
      verdict: 'dropped',
      cause: 'policy',
    })
    expect(new Set(verdictsOf(await plan({ tags: 'none' })))).toEqual(new Set(['unchanged']))
  })

  it.each(['UPSTREAM: <carri>: x', 'UPSTREAM: x', 'x\n\nUndrift: perhaps'])(
    'refuses the marker of %j and names its commit',
    async (message) => {
      const bad = onFork(() => repo.commit(message, { 'a.txt': lines({ 3: 'x' }) }))
      await expect(plan()).rejects.toMatchObject({
        code: 'UNDRIFT_E_STACK',
        message: expect.stringContaining(bad),
      })
      expect((await plan({ tags: 'none' })).result.kind).toBe('done')
    },
  )

  it('leaves out commits by the beginning of their id, for the policy or a person', async () => {
    const [one, two] = onFork(() => [
      repo.commit('one', { 'a.txt': lines({ 3: 'one' }) }),
      repo.commit('two', { 'b.txt': lines({ 3: 'two' }) }),
    ]) as [Oid, Oid]
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const result = await plan({ exclude: [one.slice(0, 8)], drop: [two] })
    expect(result.patches.map(({ cause }) => cause)).toEqual(['excluded', 'person'])
    await expect(plan({ drop: ['0123456'] })).rejects.toMatchObject({ code: 'UNDRIFT_E_INPUT' })
    await expect(plan({ exclude: ['-x'] })).rejects.toMatchObject({ code: 'UNDRIFT_E_INPUT' })
  })
})

describe('a patch that waits', () => {
  const waiting = (name: string) =>
    onFork(() => repo.commit(`waits\n\nUndrift: until ${name}`, { 'c.txt': 'waits\n' }))

  it.each([
    ['a tag', 'v1.1.0', true],
    ['a tag without its prefix', '1.1.0', true],
    ['a version that upstream skipped', '1.0.5', true],
    ['a version that is written shorter', 'v1.1', true],
    ['a version that is released on another branch only', 'v2.0.0', false],
    ['a version that is not released yet', '3.0', false],
    ['a full ref', 'refs/tags/v1.1.0', true],
    ['a branch that is in the target', 'topic', true],
    ['a branch that is not', 'unmerged', false],
    ['a local branch that is in the target', 'local', true],
    ['a local branch that is not', 'elsewhere', false],
    ['the branch of a remote', 'origin/remote', true],
    ['a tag of a family', 'tool-v0.4.0', true],
    ['a newer tag of a family', 'tool-v0.5.0', false],
  ])('for %s (%s)', async (_what, name, isReached) => {
    waiting(name)
    repo.commit('one', { 'u.txt': '1\n' })
    repo.git('tag', 'v1.0.0')
    repo.git('update-ref', 'refs/upstream/heads/topic', 'main')
    repo.git('update-ref', 'refs/remotes/origin/remote', 'main')
    repo.git('branch', 'local')
    repo.commit('two', { 'u.txt': '2\n' })
    repo.git('tag', '-a', '-m', 'two', 'v1.1.0')
    repo.git('tag', 'tool-v0.4.1')
    repo.git('checkout', '-q', '-b', 'elsewhere')
    const other = repo.commit('three', { 'u.txt': '3\n' })
    repo.git('tag', 'v2.0.0')
    repo.git('update-ref', 'refs/upstream/heads/unmerged', other)
    repo.git('checkout', '-q', 'main')
    const [patch] = (await plan()).patches
    expect([patch?.verdict, patch?.cause]).toEqual(isReached ? ['dropped', 'marker'] : ['unchanged', null])
    if (name === '3.0') expect(patch?.reason).toContain('waits for 3.0, which is not released yet')
    if (name === '1.0.5') expect(patch?.reason).toContain('the target has')
  })

  it("for a version as the fork's own rules write it", async () => {
    waiting('1.2')
    repo.commit('one', { 'u.txt': '1\n' })
    repo.git('tag', 'release_1.3')
    expect(verdictsOf(await plan())).toEqual(['unchanged'])
    const releases = { prefix: 'release_', prereleases: false }
    expect(verdictsOf(await plan({ releases }))).toEqual(['dropped'])
  })

  it('for what nobody here knows is an error that names the commit', async () => {
    const oid = waiting('some-branch')
    repo.commit('one', { 'u.txt': '1\n' })
    await expect(plan()).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      exitCode: 2,
      message: expect.stringContaining(`Commit ${oid}`),
    })
    expect(verdictsOf(await plan({ tags: 'none' }))).toEqual(['unchanged'])
  })

  it('for a commit by its whole id, wherever it is', async () => {
    waiting('f'.repeat(40))
    repo.commit('one', { 'u.txt': '1\n' })
    const [patch] = (await plan()).patches
    expect([patch?.verdict, patch?.reason.includes('not known here')]).toEqual(['unchanged', true])
  })
})

describe('markers that are wrong or at odds', () => {
  it.each([
    [
      'a subject and a trailer that contradict each other',
      'UPSTREAM: <drop>: x\n\nUndrift: carry',
      'contradict',
    ],
    ['two trailers that contradict each other', 'x\n\nUndrift: carry\nUndrift: drop', 'contradict'],
    ['a subject without an end', 'UPSTREAM: <carry> x', 'malformed'],
    ['a number that is none', 'UPSTREAM: 12a4: x', 'malformed'],
    ['a trailer without a value', 'x\n\nUndrift:', 'malformed'],
    ['a trailer that waits for nothing', 'x\n\nUndrift: until', 'malformed'],
    ['a trailer that waits for two things', 'x\n\nUndrift: until v1 or v2', 'malformed'],
  ])('%s: an error that names the commit', async (_what, message, word) => {
    const bad = onFork(() => repo.commit(message, { 'a.txt': lines({ 3: 'x' }) }))
    await expect(plan()).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      message: expect.stringMatching(new RegExp(`${bad}.*${word}`)),
    })
  })

  it('that say the same twice are one, and words in the text are none', async () => {
    onFork(() => {
      repo.commit('UPSTREAM: <carry>: x\n\nUndrift: carry', { 'a.txt': lines({ 3: 'x' }) })
      repo.commit('y\n\nUndrift: drop\n\nis what we might say one day', { 'b.txt': lines({ 3: 'y' }) })
      repo.commit('Undrift: drop', { 'd.txt': 'd\n' })
    })
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const strict = await plan({ tags: 'strict' })
    expect(strict.patches.map(({ cause }) => cause)).toEqual([null, 'policy', 'policy'])
  })

  it('are none on what only a merge holds: strict drops that, too, and names the merge', async () => {
    onFork(() => repo.commit('UPSTREAM: <carry>: ours', { 'a.txt': lines({ 3: 'ours' }) }))
    repo.commit('theirs', { 'a.txt': lines({ 3: 'theirs' }) })
    onFork(() => {
      expect(() => repo.git('merge', '-q', 'main')).toThrow()
      repo.write({ 'a.txt': lines({ 3: 'settled' }) })
      repo.git('commit', '-qam', 'merge upstream')
    })
    repo.commit('later', { 'u.txt': 'u\n' })
    const { patches } = await plan({ tags: 'strict' })
    expect(patches.map(({ oid, cause }) => [oid, cause])).toContainEqual([repo.oid('fork'), 'policy'])
    expect(patches.at(-1)?.reason).toContain('only this merge commit holds')
  })
})
