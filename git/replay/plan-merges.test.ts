import { describe, expect, it } from 'vitest'
import { lines, treeOf, useGround, verdictsOf } from './plan-testing.ts'

const { repo, onFork, plan } = useGround()

describe('a fork with merges', () => {
  it('brings a feature branch to the place of its merge, first parent first', async () => {
    onFork(() => {
      repo.commit('one', { 'a.txt': lines({ 3: 'one' }) })
      repo.git('checkout', '-q', '-b', 'feature')
      repo.commit('feature', { 'b.txt': lines({ 3: 'feature' }) })
      repo.git('checkout', '-q', 'fork')
      repo.commit('two', { 'c.txt': 'two\n' })
      repo.git('merge', '-q', '--no-ff', '-m', 'merge feature', 'feature')
      repo.commit('three', { 'd.txt': 'three\n' })
    })
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const result = await plan()
    expect(result.patches.map((patch) => patch.subject)).toEqual(['one', 'two', 'feature', 'three'])
    expect(result.merges).toEqual([repo.oid('fork~1')])
    expect(verdictsOf(result)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged'])
    repo.git('checkout', '-q', '-b', 'check', 'fork')
    repo.git('merge', '-q', '-m', 'check', 'main')
    expect(treeOf(result)).toBe(repo.oid('check^{tree}'))
  })

  it('stands on the upstream commit that it merged last, and what settled a conflict is a patch that names the merge', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours', 30: 'ours too' }) }))
    const taken = repo.commit('upstream one', { 'a.txt': lines({ 3: 'theirs' }) })
    onFork(() => {
      expect(() => repo.git('merge', '-q', 'main')).toThrow()
      repo.write({ 'a.txt': lines({ 3: 'settled', 30: 'ours too' }) })
      repo.git('commit', '-qam', 'merge upstream')
      repo.commit('later', { 'c.txt': 'later\n' })
    })
    repo.commit('upstream two', { 'b.txt': lines({ 3: 'two' }) })
    const result = await plan()
    expect(result.base).toBe(taken)
    expect(result.patches.map((patch) => patch.subject)).toEqual(['ours', 'merge upstream', 'later'])
    expect(result.patches[1]?.oid).toBe(repo.oid('fork~1'))
    expect(result.merges).toEqual([])
    // The merge commit holds what was settled; of the first patch's own line nothing is left beside it.
    expect(verdictsOf(result)).toEqual(['merged', 'unchanged', 'unchanged'])
    expect(repo.git('show', `${repo.oid('fork')}:a.txt`)).toContain('settled')
    repo.git('checkout', '-q', '-b', 'check', 'fork')
    repo.git('merge', '-q', '-m', 'check', 'main')
    expect(treeOf(result)).toBe(repo.oid('check^{tree}'))
  })

  it('names the upstream commit of a patch that a merge of upstream brought a second time', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'same' }) }))
    const landed = repo.commit('theirs', { 'a.txt': lines({ 3: 'same' }) })
    onFork(() => {
      repo.git('merge', '-q', '-m', 'merge upstream', 'main')
      repo.commit('later', { 'c.txt': 'later\n' })
    })
    repo.commit('more', { 'b.txt': lines({ 3: 'more' }) })
    const result = await plan()
    expect(result.patches[0]).toMatchObject({ verdict: 'landed', landedAs: [landed], cause: 'exact' })
    expect(verdictsOf(result)).toEqual(['landed', 'unchanged'])
  })

  it.each([
    ['reverted', {}, ['unchanged', 'reverted-upstream']],
    ['changed further', { 3: 'same, and more' }, ['landed', null]],
  ])(
    'tells of a patch that it merged from upstream and that upstream %s since',
    async (_, since, expected) => {
      onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'same' }) }))
      const taken = repo.commit('theirs', { 'a.txt': lines({ 3: 'same' }) })
      onFork(() => {
        repo.git('merge', '-q', '-m', 'merge upstream', 'main')
        repo.commit('later', { 'c.txt': 'later\n' })
      })
      repo.commit('since', { 'a.txt': lines(since) })
      const { patches, result } = await plan()
      expect(result.kind).toBe('done')
      const kind = patches[0]?.suggestion === null ? null : 'reverted-upstream'
      expect([patches[0]?.verdict, kind]).toEqual(expected)
      if (kind === null) expect(patches[0]?.landedAs).toEqual([taken])
      else expect(patches[0]?.suggestion).toBe('reverted-upstream')
    },
  )

  it('names the upstream commit of patches that it merged as one squash, and that upstream changed further', async () => {
    onFork(() => {
      repo.commit('one', { 'a.txt': lines({ 3: 'one' }) })
      repo.commit('two', { 'a.txt': lines({ 3: 'two' }) })
    })
    const squash = repo.commit('squash', { 'a.txt': lines({ 3: 'two' }) })
    onFork(() => {
      repo.git('merge', '-q', '-m', 'merge upstream', 'main')
      repo.commit('later', { 'c.txt': 'later\n' })
    })
    repo.commit('further', { 'a.txt': lines({ 3: 'two, and more' }) })
    const { patches } = await plan()
    expect(patches.map(({ verdict, landedAs }) => [verdict, landedAs])).toEqual([
      ['landed', [squash]],
      ['landed', [squash]],
      ['unchanged', []],
    ])
  })

  it('refuses a history that joins a stranger, and names the merge', async () => {
    onFork(() => {
      repo.git('checkout', '-q', '--orphan', 'stranger')
      repo.commit('stranger', { 's.txt': 's\n' })
      repo.git('checkout', '-qf', 'fork')
      repo.git('merge', '-q', '--allow-unrelated-histories', '-m', 'join', 'stranger', '-X', 'ours')
    })
    await expect(plan()).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      message: expect.stringContaining(repo.oid('fork')),
    })
  })
})

describe('a fork that took upstream in as a squash', () => {
  /** A fork that squashed v1 in, and an upstream that went on in the same lines. */
  const squashedIn = (settled: string): string => {
    onFork(() => {
      repo.commit('ours', { 'a.txt': lines({ 30: 'ours' }) })
      repo.commit('elsewhere', { 'c.txt': 'ours\n' })
    })
    const taken = repo.commit('v1', { 'a.txt': lines({ 3: 'v1' }), 'b.txt': lines({ 3: 'v1', 20: 'v1' }) })
    onFork(() => {
      repo.commit('take v1 in', {
        'a.txt': lines({ 3: settled, 30: 'ours' }),
        'b.txt': lines({ 3: 'v1', 20: 'v1' }),
      })
      repo.commit('after it', { 'd.txt': 'd\n' })
    })
    repo.commit('v2', { 'b.txt': lines({ 3: 'v2', 20: 'v1' }) })
    return taken
  }

  it('does not ask about what upstream has where its tree is the merge of both', async () => {
    const taken = squashedIn('v1')
    const result = await plan()
    expect(result.result.kind).toBe('done')
    expect(result.base).toBe(repo.oid('main~2'))
    expect(result.patches.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['ours', 'unchanged'],
      ['elsewhere', 'unchanged'],
      ['take v1 in', 'landed'],
      ['after it', 'unchanged'],
    ])
    expect(result.patches[2]?.reason).toContain(taken.slice(0, 12))
    repo.git('checkout', '-q', '-b', 'check', 'main')
    repo.write({ 'a.txt': lines({ 3: 'v1', 30: 'ours' }), 'c.txt': 'ours\n', 'd.txt': 'd\n' })
    repo.git('add', '-A')
    expect(treeOf(result)).toBe(repo.git('write-tree'))
  })

  it('stops where git would when one path is not the merge of both', async () => {
    squashedIn('v1, and more of ours')
    const result = await plan()
    expect(result.result).toMatchObject({ kind: 'conflict', at: repo.oid('fork~1') })
  })
})

describe('histories that are not simple', () => {
  /** What a plain merge of both sides comes to. */
  const mergedTree = (): string => {
    repo.git('checkout', '-q', '-B', 'check', 'fork')
    repo.git('merge', '-q', '-m', 'check', 'main')
    repo.git('checkout', '-q', 'main')
    return repo.oid('check^{tree}')
  }

  it('a criss-cross: two merge bases, and each commit is told once', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
    repo.commit('theirs', { 'b.txt': lines({ 3: 'theirs' }) })
    repo.git('branch', 'was-fork', 'fork')
    const taken = repo.oid('main')
    onFork(() => repo.git('merge', '-q', '--no-ff', '-m', 'take upstream in', taken))
    // Upstream merges the fork's first commit, too: now neither side holds the other's merge.
    repo.git('merge', '-q', '--no-ff', '-m', 'take the patch in', 'was-fork')
    repo.commit('theirs again', { 'b.txt': lines({ 3: 'theirs', 20: 'again' }) })
    onFork(() => repo.commit('ours again', { 'a.txt': lines({ 3: 'ours', 20: 'again' }) }))
    expect(repo.git('merge-base', '--all', 'fork', 'main').split('\n')).toHaveLength(2)
    const result = await plan()
    expect(result.patches.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['ours again', 'unchanged'],
    ])
    expect(result.merges).toEqual([repo.oid('fork~1')])
    expect(treeOf(result)).toBe(mergedTree())
  })

  it('an octopus: its branches at its place, in the order of its parents', async () => {
    onFork(() => {
      for (const [name, file] of [
        ['left', 'l.txt'],
        ['right', 'r.txt'],
      ] as const) {
        repo.git('checkout', '-q', '-b', name, 'fork')
        repo.commit(name, { [file]: `${name}\n` })
      }
      repo.git('checkout', '-q', 'fork')
      repo.commit('first', { 'a.txt': lines({ 3: 'first' }) })
      repo.git('merge', '-q', '--no-ff', '-m', 'all at once', 'left', 'right')
      repo.commit('last', { 'c.txt': 'last\n' })
    })
    repo.commit('upstream', { 'b.txt': lines({ 3: 'theirs' }) })
    expect(repo.git('log', '-1', '--format=%p', 'fork~1').split(' ')).toHaveLength(3)
    const result = await plan()
    expect(result.patches.map(({ subject }) => subject)).toEqual(['first', 'left', 'right', 'last'])
    expect(result.merges).toEqual([repo.oid('fork~1')])
    expect(treeOf(result)).toBe(mergedTree())
  })

  it('an octopus that takes upstream in beside a feature', async () => {
    repo.git('branch', 'feature', 'fork')
    onFork(() => repo.commit('first', { 'a.txt': lines({ 3: 'first' }) }))
    repo.git('checkout', '-q', 'feature')
    repo.commit('feature', { 'f.txt': 'feature\n' })
    repo.git('checkout', '-q', 'main')
    const taken = repo.commit('upstream one', { 'b.txt': lines({ 3: 'one' }) })
    onFork(() => repo.git('merge', '-q', '--no-ff', '-m', 'all at once', 'feature', taken))
    repo.commit('upstream two', { 'b.txt': lines({ 3: 'two' }) })
    const result = await plan()
    expect(result.base).toBe(taken)
    expect(result.patches.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['first', 'unchanged'],
      ['feature', 'unchanged'],
    ])
    expect(treeOf(result)).toBe(mergedTree())
  })

  it('a merge with more in it than its parents: what it adds is a patch that names it', async () => {
    onFork(() => {
      repo.git('checkout', '-q', '-b', 'feature')
      repo.commit('feature', { 'f.txt': 'feature\n' })
      repo.git('checkout', '-q', 'fork')
      repo.commit('first', { 'a.txt': lines({ 3: 'first' }) })
      repo.git('merge', '-q', '--no-ff', '--no-commit', 'feature')
      repo.write({ 'evil.txt': 'nobody saw this\n' })
      repo.git('add', '-A')
      repo.git('commit', '-qm', 'an evil merge')
    })
    repo.commit('upstream', { 'b.txt': lines({ 3: 'theirs' }) })
    const result = await plan()
    expect(result.patches.map(({ oid, paths }) => [oid, paths]).at(-1)).toEqual([
      repo.oid('fork'),
      ['evil.txt'],
    ])
    expect(treeOf(result)).toBe(mergedTree())
  })
})
