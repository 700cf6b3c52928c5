import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { carryEverything, type StackPolicy } from '../stack/policy.ts'
import { makeFolder, makeRepo, numberedLines, openRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { makePlan, type Plan, type PlanInput } from './plan.ts'

let folder: TestFolder
let repo: TestRepo
const committer = { name: 'Undrift', email: 'undrift@example.org' }

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', { 'a.txt': numberedLines(40), 'b.txt': numberedLines(40), 'c.txt': 'c\n' })
  repo.git('branch', 'fork')
})

afterEach(() => folder.remove())

function onFork<T>(work: () => T): T {
  repo.git('checkout', '-q', 'fork')
  const result = work()
  repo.git('checkout', '-q', 'main')
  return result
}

function plan(policy: Partial<StackPolicy> = {}, more: Partial<PlanInput> = {}): Promise<Plan> {
  return makePlan(
    { path: `${repo.dir}/.git`, signal: null },
    {
      head: repo.oid('fork'),
      onto: repo.oid('main'),
      base: null,
      followed: [],
      committer,
      policy: { ...carryEverything, ...policy },
      onConflict: 'stop',
      ...more,
    },
  )
}

const lines = (changes: Readonly<Record<number, string>>) => numberedLines(40, changes)

function verdictsOf(result: Plan): readonly (string | null)[] {
  return result.patches.map((patch) => patch.verdict)
}

function treeOf(result: Plan): Oid {
  if (result.result.kind === 'conflict') throw new Error(`conflict: ${JSON.stringify(result.patches)}`)
  return result.result.tree
}

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
    expect(verdictsOf(result)).toEqual(['unchanged', 'unchanged', 'unchanged'])
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
    repo.commit('left', { 'a.txt': lines({ 3: 'exact', 20: 'left' }) })
    const right = repo.commit('right', { 'a.txt': lines({ 3: 'exact', 20: 'left', 22: 'right' }) })
    const result = await plan()
    expect(result.patches.map(({ verdict, cause, landedAs }) => [verdict, cause, landedAs])).toEqual([
      ['landed', 'exact', [exact]],
      ['landed', 'squashed', [squash]],
      ['landed', 'squashed', [squash]],
      ['landed', 'contained', [right]],
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

describe('a conflict', () => {
  it('names the upstream commit at which the patch stops applying, and looks past it when asked', async () => {
    onFork(() => {
      repo.commit('first', { 'a.txt': lines({ 3: 'ours' }) })
      repo.commit('depends on it', { 'a.txt': lines({ 3: 'ours again' }) })
      repo.commit('elsewhere', { 'c.txt': 'ours\n' })
    })
    repo.commit('harmless', { 'a.txt': lines({ 30: 'theirs' }) })
    const culprit = repo.commit('culprit', { 'a.txt': lines({ 3: 'theirs', 30: 'theirs' }) })
    repo.commit('later', { 'a.txt': lines({ 3: 'theirs', 30: 'theirs', 38: 'later' }) })
    const stopped = await plan()
    expect(verdictsOf(stopped)).toEqual(['conflict', null, null])
    expect(stopped.patches[0]?.conflict?.causedBy).toBe(culprit)
    expect(stopped.result).toEqual({ kind: 'conflict', at: repo.oid('fork~2'), lastGood: repo.oid('main') })
    const all = await plan({}, { onConflict: 'forecast' })
    expect(verdictsOf(all)).toEqual(['conflict', 'unchanged', 'unchanged'])
    expect(all.patches.map((patch) => patch.newOid)).toEqual([null, null, null])
  })
})

describe('a fork that took upstream in as a squash', () => {
  it('does not ask about what upstream has, even where the squash settled a conflict', async () => {
    onFork(() => {
      repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) })
      repo.commit('elsewhere', { 'c.txt': 'ours\n' })
    })
    const taken = repo.commit('v1', { 'a.txt': lines({ 3: 'v1' }), 'b.txt': lines({ 3: 'v1', 20: 'v1' }) })
    onFork(() => {
      repo.commit('take v1 in', {
        'a.txt': lines({ 3: 'ours and v1' }),
        'b.txt': lines({ 3: 'v1', 20: 'v1' }),
      })
      repo.commit('after it', { 'd.txt': 'd\n' })
    })
    repo.commit('v2', { 'b.txt': lines({ 3: 'v2', 20: 'v1' }) })
    const result = await plan()
    expect(result.result.kind).toBe('done')
    expect(result.base).toBe(repo.oid('main~2'))
    expect(result.patches.map(({ subject, verdict }) => [subject, verdict])).toEqual([
      ['ours', 'emptied'],
      ['elsewhere', 'unchanged'],
      ['take v1 in', 'unchanged'],
      ['after it', 'unchanged'],
    ])
    expect(result.patches[2]?.reason).toContain(taken.slice(0, 12))
    repo.git('checkout', '-q', '-b', 'check', 'main')
    repo.write({ 'a.txt': lines({ 3: 'ours and v1' }), 'c.txt': 'ours\n', 'd.txt': 'd\n' })
    repo.git('add', '-A')
    expect(treeOf(result)).toBe(repo.git('write-tree'))
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
    expect(result.suspects).toEqual([{ oid, path: 'a.txt', lost: ['twice'] }])
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
})

it('works in a repository of SHA-256 objects', async () => {
  repo = makeSha256(`${folder.path}/sha256`)
  repo.commit('start', { 'a.txt': lines({}), 'b.txt': lines({}) })
  repo.git('branch', 'fork')
  onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
  repo.commit('theirs', { 'a.txt': lines({ 30: 'theirs' }) })
  const result = await plan()
  expect(verdictsOf(result)).toEqual(['unchanged'])
  expect(treeOf(result)).toMatch(/^[0-9a-f]{64}$/)
})

function makeSha256(dir: string): TestRepo {
  repo.git('init', '-q', '--object-format=sha256', '-b', 'main', dir)
  return openRepo(dir)
}
