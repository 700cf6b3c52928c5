import { describe, expect, it } from 'vitest'
import { lines, useGround, verdictsOf } from './plan-testing.ts'

const { repo, onFork, plan } = useGround()

/** A merge of upstream's own that leaves a.txt as nobody said. */
function loseInMerge(changes: Readonly<Record<number, string>> = {}): string {
  repo.git('checkout', '-q', '-b', 'side')
  repo.commit('side', { 'b.txt': lines({ 30: 'side' }) })
  repo.git('checkout', '-q', 'main')
  repo.commit('main goes on', { 'b.txt': lines({ 3: 'main' }) })
  repo.git('merge', '-q', '--no-ff', '--no-commit', 'side')
  return repo.commit('merge side', { 'a.txt': lines(changes) })
}

describe('patches that landed', () => {
  it('tells exact, squashed and contained ones apart, and names the upstream commit', async () => {
    onFork(() => {
      repo.commit('exact', { 'a.txt': lines({ 3: 'exact' }) })
      repo.commit('squashed one', { 'b.txt': lines({ 3: 'one' }) })
      repo.commit('squashed two, on top of it', { 'b.txt': lines({ 3: 'two' }) })
      repo.commit('contained', { 'a.txt': lines({ 3: 'exact', 20: 'left', 22: 'right' }) })
      repo.commit('kept', { 'c.txt': 'kept\n' })
    })
    const exact = repo.commit('exact there', { 'a.txt': lines({ 3: 'exact' }) })
    const squash = repo.commit('squash', { 'b.txt': lines({ 3: 'two', 30: 'more' }), 'n.txt': 'n\n' })
    const left = repo.commit('left', { 'a.txt': lines({ 3: 'exact', 20: 'left' }) })
    const right = repo.commit('right', { 'a.txt': lines({ 3: 'exact', 20: 'left', 22: 'right' }) })
    const result = await plan()
    expect(result.patches.map(({ verdict, cause, landedAs }) => [verdict, cause, landedAs])).toEqual([
      ['landed', 'exact', [exact]],
      ['landed', 'squashed', [squash]],
      ['landed', 'squashed', [squash]],
      ['landed', 'contained', [left, right]],
      ['unchanged', null, []],
    ])
  })

  it('does not ask about a squash that holds two dependent patches with a stranger between them', async () => {
    onFork(() => {
      repo.commit('one', { 'a.txt': lines({ 3: 'one' }) })
      repo.commit('stranger', { 'a.txt': lines({ 3: 'one', 20: 'stranger' }) })
      repo.commit('two', { 'a.txt': lines({ 3: 'two', 20: 'stranger' }) })
    })
    const squash = repo.commit('squash', { 'a.txt': lines({ 3: 'two' }) })
    const result = await plan()
    expect(result.patches.map(({ verdict, landedAs }) => [verdict, landedAs])).toEqual([
      ['landed', [squash]],
      ['unchanged', []],
      ['landed', [squash]],
    ])
  })

  it('keeps what upstream took and reverted again, and reports it', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
    repo.commit('took it', { 'a.txt': lines({ 3: 'ours' }) })
    repo.commit('took it back', { 'a.txt': lines({}) })
    const result = await plan()
    expect(result.patches[0]).toMatchObject({ verdict: 'unchanged', suggestion: 'reverted-upstream' })
    expect(result.result.kind).toBe('done')
  })

  it.each([
    [
      'by a commit',
      [
        ['taken', { 3: 'ours' }],
        ['cleaned up', { 30: 'other' }],
      ],
    ],
    ['by a merge', [['taken', { 3: 'ours' }]]],
    [
      'as part of a squash',
      [
        ['much', { 3: 'ours', 20: 'more' }],
        ['less', { 20: 'more' }],
      ],
    ],
  ] as const)('reports one that was taken and taken back in silence, %s', async (how, steps) => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
    for (const [subject, changes] of steps) repo.commit(subject, { 'a.txt': lines(changes) })
    if (how === 'by a merge') loseInMerge()
    repo.commit('elsewhere', { 'a.txt': lines({ 38: 'elsewhere' }) })
    const { patches, result } = await plan()
    expect(result.kind).toBe('done')
    expect(patches[0]?.suggestion).toBe('reverted-upstream')
  })

  it.each(['by a commit', 'by a merge', 'in two parts'])(
    'asks about one that upstream took, took back %s, and settled otherwise',
    async (how) => {
      onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours', 20: 'ours' }) }))
      if (how === 'in two parts') repo.commit('took half of it', { 'a.txt': lines({ 3: 'ours' }) })
      repo.commit('took it', { 'a.txt': lines({ 3: 'ours', 20: 'ours' }) })
      if (how === 'by a merge') loseInMerge()
      else repo.commit('took it back', { 'a.txt': lines({}) })
      repo.commit('otherwise', { 'a.txt': lines({ 3: 'otherwise' }) })
      expect(verdictsOf(await plan())).toEqual(['conflict'])
    },
  )

  it('finds one that only a merge of upstream brought, and that upstream went on from', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
    const merge = loseInMerge({ 3: 'ours' })
    repo.commit('goes on', { 'a.txt': lines({ 3: 'ours, and more' }) })
    expect((await plan()).patches[0]).toMatchObject({ verdict: 'landed', landedAs: [merge] })
  })

  it.each([
    ['file by file', { 'b.txt': { 3: 'ours' } }, { 'a.txt': { 3: 'ours, and more' } }],
    ['hunk by hunk', { 'a.txt': { 20: 'ours' } }, { 'a.txt': { 3: 'ours, and more' } }],
  ])('finds one that landed %s while upstream went on from the first', async (_, second, further) => {
    const files = (...sides: readonly Readonly<Record<string, Readonly<Record<number, string>>>>[]) => {
      const all = ['a.txt', 'b.txt'].map((path) => [
        path,
        Object.assign({}, ...sides.map((one) => one[path])),
      ])
      return Object.fromEntries(all.map(([path, changes]) => [path, lines(changes)]))
    }
    const first = { 'a.txt': { 3: 'ours' } }
    onFork(() => repo.commit('ours', files(first, second)))
    const taken = repo.commit('takes the first', files(first))
    repo.commit('goes on', files(first, further))
    const rest = repo.commit('takes the second', files(first, further, second))
    repo.commit('elsewhere', { 'c.txt': 'elsewhere\n' })
    expect((await plan()).patches[0]).toMatchObject({
      verdict: 'landed',
      cause: 'contained',
      landedAs: [taken, rest],
    })
  })

  it.each([
    ['never came', { 'b.txt': lines({ 30: 'upstream' }) }],
    ['was taken back', { 'b.txt': lines({}) }],
    ['came otherwise', { 'b.txt': lines({ 3: 'otherwise' }) }],
  ])('asks about one of which a piece %s', async (how, last) => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }), 'b.txt': lines({ 3: 'ours' }) }))
    repo.commit('takes the first', { 'a.txt': lines({ 3: 'ours' }) })
    repo.commit('goes on', { 'a.txt': lines({ 3: 'ours, and more' }) })
    if (how === 'was taken back') repo.commit('takes the second', { 'b.txt': lines({ 3: 'ours' }) })
    repo.commit('then', last)
    expect(verdictsOf(await plan())).toEqual(['conflict'])
  })

  it('asks about one that landed with changes', async () => {
    onFork(() => repo.commit('set the limit', { 'a.txt': lines({ 3: 'limit = 30 seconds' }) }))
    const like = repo.commit('set the limit (#12)', {
      'a.txt': lines({ 3: 'limit = 30 seconds; // at most' }),
    })
    const result = await plan()
    expect(result.patches[0]).toMatchObject({
      verdict: 'conflict',
      suggestion: { kind: 'landed-with-changes', as: [like] },
      conflict: { paths: [{ path: 'a.txt', kind: 'content' }], causedBy: like },
    })
  })

  it('does not take a change of white space for the patch', async () => {
    onFork(() => repo.commit('tab', { Makefile: 'all:\n\techo\n' }))
    repo.commit('spaces', { Makefile: 'all:\n    echo\n' })
    const result = await plan()
    expect(result.patches[0]?.verdict).toBe('conflict')
  })

  it('does not ask about upstream content in a squash of the last candidate', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
    repo.commit('v1', { 'b.txt': lines({ 3: 'v1', 20: 'v1' }) })
    onFork(() => repo.commit('take v1 in as a squash', { 'b.txt': lines({ 3: 'v1', 20: 'v1' }) }))
    repo.commit('v2', { 'b.txt': lines({ 3: 'v2', 20: 'v1' }) })
    const result = await plan()
    expect(verdictsOf(result)).toEqual(['unchanged', 'landed'])
  })
})

describe('what a person should look at', () => {
  it('is a line that a clean merge lost: the plan is a question then', async () => {
    const repeated = (changes: Record<number, string>) => lines({ 30: 'twice', ...changes })
    repo.commit('ground', { 'a.txt': repeated({}) })
    repo.git('branch', '-f', 'fork', 'main')
    const oid = onFork(() => repo.commit('ours', { 'a.txt': repeated({ 5: 'twice', 15: 'ours' }) }))
    repo.commit('moves it', { 'a.txt': lines({ 5: 'twice', 30: 'something else' }) })
    const result = await plan()
    expect(result.suspects).toEqual([{ oid, path: 'a.txt', lost: ['twice'], kind: 'lost' }])
    expect(result.result.kind).toBe('question')
  })

  it('is a patch that applies and seems to have landed with changes', async () => {
    const added = 'function limit(value) {\n  return Math.min(value, 30)\n}\n'
    onFork(() => repo.commit('add a limit', { 'a.txt': `${added}${lines({})}` }))
    const like = repo.commit('add a limit (#7)', { 'a.txt': `${lines({})}${added.replace('30', '60')}` })
    const result = await plan()
    expect(result.patches[0]?.suggestion).toEqual({ kind: 'landed-with-changes', as: [like] })
    expect(result.result.kind).toBe('question')
    const dropped = await plan({ drop: [repo.oid('fork')] })
    expect(dropped.result.kind).toBe('done')
  })
})

describe('a patch whose file upstream moved', () => {
  it('follows it, and is found where it landed in the new place', async () => {
    const other = (third: string) => lines({}).replaceAll('line', 'other').replace('other 3', third)
    repo.commit('ground', { 'b.txt': other('other 3') })
    repo.git('branch', '-f', 'fork', 'main')
    onFork(() => {
      repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) })
      repo.commit('lands', { 'b.txt': other('same') })
    })
    repo.git('mv', 'a.txt', 'moved-a.txt')
    repo.git('mv', 'b.txt', 'moved-b.txt')
    repo.git('commit', '-qm', 'move both')
    const landed = repo.commit('lands there', { 'moved-b.txt': other('same') })
    repo.commit('more', { 'c.txt': 'more\n' })
    const result = await plan()
    expect(result.patches[0]).toMatchObject({ verdict: 'context-only' })
    expect(result.patches[0]?.reason).toContain('moved-a.txt')
    expect(result.patches[1]).toMatchObject({ verdict: 'landed', landedAs: [landed] })
  })

  it('is the fork’s again where upstream took it, moved the file and then took it back in full', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours', 20: 'ours, too' }) }))
    repo.commit('takes it', { 'a.txt': lines({ 3: 'ours', 20: 'ours, too' }) })
    repo.git('mv', 'a.txt', 'moved-a.txt')
    repo.commit('moves the file', { 'moved-a.txt': lines({ 3: 'ours', 20: 'ours, too', 38: 'moved' }) })
    repo.commit('takes it back', { 'moved-a.txt': lines({ 38: 'moved' }) })
    const result = await plan()
    expect(result.patches[0]).toMatchObject({ verdict: 'context-only', suggestion: 'reverted-upstream' })
    expect(result.result.kind).toBe('done')
  })
})

describe('a patch that upstream took in pieces', () => {
  it('is asked about where upstream took all of it back since, in two goes', async () => {
    onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'line 3\nnew', 20: 'ours' }) }))
    repo.commit('takes one part', { 'a.txt': lines({ 3: 'line 3\nnew' }) })
    repo.commit('takes the other', { 'a.txt': lines({ 3: 'line 3\nnew', 20: 'ours' }) })
    repo.commit('takes one back', { 'a.txt': lines({ 20: 'ours' }) })
    repo.commit('goes on', { 'a.txt': lines({ 20: '' }).replace('line 19\n\n', 'line 19\n') })
    const { patches, result } = await plan()
    expect(patches[0]?.verdict).not.toBe('landed')
    expect(result.kind).toBe('conflict')
  })
})
