import { beforeEach, describe, expect, it } from 'vitest'
import { lines, useGround } from '../replay/plan-testing.ts'
import { openRepo, type TestRepo } from '../testing.ts'

const { repo, plan } = useGround()
let upstream: TestRepo
let fork: TestRepo

beforeEach(() => {
  upstream = openRepo(repo.dir, 'Ada')
  fork = openRepo(repo.dir, 'Finn')
})

/** Names what is checked out as upstream's tag, as a mirror does. */
function tag(name: string): void {
  repo.git('update-ref', `refs/upstream/tags/${name}`, 'HEAD')
}

const told = async () => {
  const { result, patches, upstreams, suspects } = await plan()
  const verdicts = patches.map(({ subject, verdict }) => [subject, verdict])
  return {
    kind: result.kind,
    verdicts,
    upstreams: upstreams.map(({ subject }) => subject),
    suspects,
    patches,
  }
}

describe('whose a commit is', () => {
  it("the fork's fix that upstream merged into a branch which the target lacks is carried", async () => {
    repo.git('checkout', '-q', 'fork')
    fork.commit('Fix the crash', { 'a.txt': lines({ 9: 'fixed' }) })
    repo.git('checkout', '-q', '-b', 'stable-1', 'main')
    upstream.git('merge', '-q', '--no-ff', '-m', 'Merge pull request #7', 'fork')
    tag('v1.0.1')
    repo.git('checkout', '-q', 'fork')
    fork.commit('Our feature', { 'ours.txt': 'y\n' })
    repo.git('checkout', '-q', 'main')
    upstream.commit('v2', { 'b.txt': lines({ 3: 'v2' }) })
    const { kind, verdicts, upstreams, patches } = await told()
    expect({ kind, verdicts, upstreams }).toEqual({
      kind: 'done',
      verdicts: [
        ['Fix the crash', 'unchanged'],
        ['Our feature', 'unchanged'],
      ],
      upstreams: [],
    })
    expect(patches[0]?.reason).toContain('Upstream has this commit')
  })

  it('so is one that upstream took by fast-forward, and tagged', async () => {
    repo.git('checkout', '-q', 'fork')
    fork.commit('Fix the crash', { 'a.txt': lines({ 9: 'fixed' }) })
    tag('v1.0.1')
    fork.commit('Our feature', { 'ours.txt': 'y\n' })
    repo.git('checkout', '-q', 'main')
    upstream.commit('v2', { 'b.txt': lines({ 3: 'v2' }) })
    const { verdicts } = await told()
    expect(verdicts).toEqual([
      ['Fix the crash', 'unchanged'],
      ['Our feature', 'unchanged'],
    ])
  })

  it("the fork's own tags bound nothing, where fork and upstream share a repository", async () => {
    repo.git('checkout', '-q', 'fork')
    fork.commit('one', { 'one.txt': '1\n' })
    tag('v1.0.0-ours.1')
    fork.commit('two', { 'two.txt': '2\n' })
    tag('v1.0.0-ours.2')
    fork.commit('three', { 'three.txt': '3\n' })
    repo.git('checkout', '-q', 'main')
    upstream.commit('v2', { 'b.txt': lines({ 3: 'v2' }) })
    const { kind, verdicts } = await told()
    expect(kind).toBe('done')
    expect(verdicts.map(([subject]) => subject)).toEqual(['one', 'two', 'three'])
  })

  it("upstream's own commits, which a fork of its main branch stands on, are left out and told", async () => {
    repo.git('checkout', '-q', '-b', 'release', 'main')
    upstream.commit('release work', { 'b.txt': lines({ 30: 'release' }) })
    repo.git('checkout', '-q', 'main')
    upstream.commit('unreleased', { 'new.txt': 'new\n' })
    repo.git('update-ref', 'refs/upstream/heads/main', 'main')
    repo.git('checkout', '-q', '-B', 'fork', 'main')
    fork.commit('ours', { 'c.txt': 'ours\n' })
    repo.git('branch', '-f', 'main', 'release')
    repo.git('checkout', '-q', 'main')
    const { kind, verdicts, upstreams } = await told()
    expect({ kind, verdicts, upstreams }).toEqual({
      kind: 'done',
      verdicts: [['ours', 'unchanged']],
      upstreams: ['unreleased'],
    })
  })

  it('the same where the fork merged that branch', async () => {
    repo.git('checkout', '-q', 'fork')
    fork.commit('ours', { 'c.txt': 'ours\n' })
    repo.git('checkout', '-q', '-b', 'trunk', 'main')
    upstream.commit('unreleased', { 'new.txt': 'new\n' })
    repo.git('update-ref', 'refs/upstream/heads/main', 'trunk')
    repo.git('checkout', '-q', 'fork')
    fork.git('merge', '-q', '--no-ff', '-m', 'sync', 'trunk')
    fork.commit('later', { 'later.txt': 'later\n' })
    repo.git('checkout', '-q', 'main')
    upstream.commit('release work', { 'b.txt': lines({ 30: 'release' }) })
    const { kind, verdicts, upstreams } = await told()
    expect(kind).toBe('done')
    expect(verdicts).toEqual([
      ['ours', 'unchanged'],
      ['later', 'unchanged'],
    ])
    expect(upstreams).toEqual(['unreleased'])
  })

  it("a commit of the fork's people below upstream's own is asked about", async () => {
    repo.git('checkout', '-q', '-b', 'trunk', 'main')
    const fix = fork.commit('Fix the crash', { 'a.txt': lines({ 9: 'fixed' }) })
    upstream.commit('unreleased', { 'new.txt': 'new\n' })
    repo.git('update-ref', 'refs/upstream/heads/main', 'trunk')
    repo.git('checkout', '-q', '-B', 'fork', 'trunk')
    fork.commit('ours', { 'c.txt': 'ours\n' })
    repo.git('checkout', '-q', 'main')
    upstream.commit('release work', { 'b.txt': lines({ 30: 'release' }) })
    const { kind, suspects } = await told()
    expect(kind).toBe('question')
    expect(suspects).toEqual([{ oid: fix, path: 'a.txt', lost: ['line 9', 'fixed'], kind: 'left-out' }])
  })
})
