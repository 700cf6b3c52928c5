import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

let folder: TestFolder
let repo: TestRepo

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', { 'a.txt': numberedLines(40) })
  repo.git('tag', '-a', '-m', 'one', 'v1.0.0')
  repo.git('checkout', '-q', '-b', 'meta')
  repo.commit('first', { 'b.txt': 'b\n' })
  repo.commit('clashes', { 'a.txt': numberedLines(40, { 3: 'ours' }) })
  for (const name of ['c', 'd', 'e']) repo.commit(`adds ${name}`, { [`${name}.txt`]: 'x\n' })
  repo.git('checkout', '-q', 'main')
  repo.commit('theirs', { 'a.txt': numberedLines(40, { 20: 'theirs' }) })
  repo.git('tag', 'v1.1.0')
  repo.commit('theirs again', { 'a.txt': numberedLines(40, { 3: 'theirs', 20: 'theirs' }) })
  repo.git('tag', 'v1.2.0')
  writeFileSync(
    `${folder.path}/undrift.yaml`,
    `upstreams:
  demo: { git: ${repo.dir}, feed: https://example.org/releases.atom, tags: { prefix: v } }
forks:
  my-quic-go: { upstream: demo, remotes: { origin: ${repo.dir} }, branch: meta, verify: [] }
`,
  )
})
afterEach(() => folder.remove())

function plan(...argv: readonly string[]) {
  const all = ['plan', ...argv, '--data', `${folder.path}/data`]
  return runHere(all, { cwd: folder.path, env: { PATH: process.env.PATH } })
}

describe('a plan for a person', () => {
  it('begins with what is moved from where to where', async () => {
    const { code, out } = await plan('my-quic-go', 'v1.1.0')
    expect(code).toBe(0)
    expect(out.split('\n')[0]).toBe('my-quic-go (meta, on v1.0.0) → v1.1.0')
    expect(out).toContain('5 patches: 5 unchanged\n5 of 5 patches apply')
    const plain = await plan('--repo', repo.dir, '--head', 'meta', '--onto', 'main~1')
    expect(plain.out.split('\n')[0]).toBe('meta (on v1.0.0) → main~1')
  })

  it('puts patches that were not tried into one row, and ends with a sum that names the conflicts', async () => {
    const { code, out } = await plan('my-quic-go', 'v1.2.0')
    expect(code).toBe(3)
    const lines = out.split('\n')
    expect(lines[0]).toBe('my-quic-go (meta, on v1.0.0) → v1.2.0')
    expect(lines.filter((line) => line.includes('not tried  '))).toEqual([
      '0003-0005  not tried              3 patches  Not tried: comes after the conflict.',
    ])
    expect(out).toContain('5 patches: 1 unchanged, 1 conflict (0002), 3 not tried\n')
    expect(out).toContain('1 of 5 patches apply; 0002 conflicts in a.txt with upstream')
  })

  it('names every conflict on a line of its own with --all', async () => {
    repo.git('checkout', '-q', 'meta')
    repo.commit('clashes too', { 'a.txt': numberedLines(40, { 3: 'ours', 20: 'ours' }) })
    repo.git('checkout', '-q', 'main')
    const { out } = await plan('my-quic-go', 'v1.2.0', '--all')
    expect(out).toMatch(
      /4 of 6 patches apply; 2 conflict:\n {2}0002 conflicts in a\.txt .*\n {2}0006 conflicts in a\.txt /,
    )
  })

  it('says so where the branch already stands on the release, as an attempt that ends completed does', async () => {
    repo.git('checkout', '-q', 'meta')
    repo.git('rebase', '-q', 'v1.1.0')
    const { code, out } = await plan('my-quic-go', 'v1.1.0')
    expect(code).toBe(0)
    expect(out).toContain('meta already stands on v1.1.0; nothing new')
  })

  it('takes --base for a fork of the config: a tag of upstream, or a commit', async () => {
    const first = repo.oid('meta~4')
    const { code, out } = await plan('my-quic-go', 'v1.1.0', '--base', first, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out).patches).toHaveLength(4)
    const tagged = await plan('my-quic-go', 'v1.1.0', '--base', 'v1.0.0', '--json')
    expect(JSON.parse(tagged.out).patches).toHaveLength(5)
    expect(await plan('my-quic-go', 'v1.1.0', '--base', 'nothing')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--base: `nothing` names no commit'),
    })
  })
})
