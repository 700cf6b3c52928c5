import { describe, expect, it } from 'vitest'
import { lines, useGround } from './plan-testing.ts'

const { repo, onFork, plan } = useGround((ground) => {
  ground.repo.commit('upstream', { 'u.txt': 'u\n' })
})

function commitAsBot(message: string, text: string): string {
  repo.write({ 'a.txt': lines({ 3: text }) })
  repo.git('add', '-A')
  repo.git('commit', '-q', '-m', message, '--author=bot <bot@example.org>')
  return repo.oid('HEAD')
}

const squashAuthors = ['bot@example.org']

describe('words on what is folded', () => {
  it('are read of each commit of a bot: one that is to be dropped leaves the run', async () => {
    const ids = onFork(() => [
      commitAsBot('UPSTREAM: <carry>: one', 'one'),
      commitAsBot('UPSTREAM: <carry>: two', 'two'),
    ])
    const dropped = onFork(() => {
      repo.write({ 'b.txt': lines({ 3: 'gone' }) })
      repo.git('add', '-A')
      repo.git('commit', '-q', '-m', 'UPSTREAM: <drop>: gone', '--author=bot <bot@example.org>')
      return repo.oid('HEAD')
    })
    const { patches } = await plan({ squashAuthors })
    expect(patches.map(({ oid, folded, verdict }) => [oid, folded, verdict])).toEqual([
      [ids[0], [ids[1]], 'unchanged'],
      [dropped, [], 'dropped'],
    ])
  })

  it('that are malformed are told of in the middle of a run, too', async () => {
    const [, bad] = onFork(() => [
      commitAsBot('one', 'one'),
      commitAsBot('UPSTREAM: <carri>: two', 'two'),
      commitAsBot('three', 'three'),
    ])
    await expect(plan({ squashAuthors })).rejects.toMatchObject({
      message: expect.stringContaining(bad ?? ''),
    })
  })

  it('hold for the whole run where the policy is strict', async () => {
    onFork(() => [commitAsBot('UPSTREAM: <carry>: one', 'one'), commitAsBot('two', 'two')])
    const { patches } = await plan({ squashAuthors, tags: 'strict' })
    expect(patches.map(({ subject, verdict }) => [subject, verdict])).toEqual([['two', 'unchanged']])
  })

  it('of a person who drops a patch go for its fixups and for the run that it heads', async () => {
    const [one, , , bot] = onFork(() => [
      repo.commit('one', { 'b.txt': lines({ 3: 'one' }) }),
      repo.commit('fixup! one', { 'b.txt': lines({ 3: 'better' }) }),
      repo.commit('between', { 'c.txt': 'between\n' }),
      commitAsBot('bump 1', '1'),
      commitAsBot('bump 2', '2'),
      commitAsBot('bump 3', '3'),
    ])
    const { patches, result } = await plan({ squashAuthors, drop: [one ?? '', bot ?? ''] })
    expect(patches.map(({ subject, verdict, folded }) => [subject, verdict, folded.length])).toEqual([
      ['one', 'dropped', 1],
      ['between', 'unchanged', 0],
      ['bump 3', 'dropped', 2],
    ])
    expect(result.kind).toBe('done')
  })

  it('of an amend are remembered: a fixup may use every name that a patch ever had', async () => {
    onFork(() => {
      repo.commit('one', { 'a.txt': lines({ 3: 'one' }) })
      repo.git('commit', '-q', '--allow-empty', '-m', 'amend! one\n\nuno')
      repo.git('commit', '-q', '--allow-empty', '-m', 'amend! uno\n\neins')
      repo.commit('squash! amend! uno\n\nmore', { 'a.txt': lines({ 3: 'eins' }) })
    })
    const { patches } = await plan()
    expect(patches.map(({ subject, folded }) => [subject, folded.length])).toEqual([['eins', 3]])
  })

  it('on a pull request that nobody has here are told', async () => {
    onFork(() => repo.commit('UPSTREAM: 12: x', { 'a.txt': lines({ 3: 'x' }) }))
    const { patches } = await plan({ upstreamPrs: new Map([[12, 'a'.repeat(40)]]) })
    expect(patches[0]).toMatchObject({
      verdict: 'unchanged',
      reason: expect.stringContaining('is no commit here'),
    })
  })
})
