import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchUpstream } from '../mirror/fetch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { moveEvidence } from './move-evidence.ts'

let folder: TestFolder
let upstream: TestRepo
let mirror: Mirror
let access: RemoteAccess
beforeEach(async () => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  upstream.commit('Begin', { 'file.txt': numberedLines(5) })
  upstream.commit('Fix the greeting', { 'file.txt': numberedLines(5, { 2: 'fixed' }) })
  upstream.git('tag', '-a', '-m', 'one', 'v1')
  mirror = await openMirror({ path: join(folder.path, 'a mirror.git') })
  access = { remote: { name: 'origin', url: upstream.dir, token: null }, secret: null }
  await fetchUpstream(mirror, access, { tag: 'v1' })
})
afterEach(() => folder.remove())

async function evidence(): Promise<readonly string[]> {
  const fetched = await fetchUpstream(mirror, access, { tag: 'v1' })
  if (fetched.kind !== 'tag-moved') throw new Error(fetched.kind)
  return moveEvidence(mirror, fetched)
}

describe('the evidence of a tag that moved', () => {
  it('names both objects with who and when, what went and came, and a diff whose command works when pasted', async () => {
    const before = upstream.oid('v1')
    upstream.git('reset', '-q', '--hard', 'HEAD~1')
    upstream.commit('Slip something in', { 'file.txt': numberedLines(5, { 4: 'slipped in' }) })
    upstream.git('tag', '-f', '-a', '-m', 'one', 'v1')
    const lines = await evidence()
    const text = lines.join('\n')
    expect(lines[0]).toMatch(
      new RegExp(`^first seen: tag object ${before}, tagged by Ada <ada@example.org>, 2023-`),
    )
    expect(lines[1]).toMatch(new RegExp(`^now: +tag object ${upstream.oid('v1')}, tagged by Ada`))
    expect(text).toMatch(/gone: 1 commit\n {2}[0-9a-f]{10} Fix the greeting/)
    expect(text).toMatch(/new: 1 commit\n {2}[0-9a-f]{10} Slip something in/)
    expect(text).toContain('+slipped in')
    expect(text).toContain('1 file changed')
    const command = lines.find((line) => line.startsWith('whole diff: '))?.slice('whole diff: '.length) ?? ''
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toContain('-fixed')
  })

  it('stays small however much moved', async () => {
    for (let index = 0; index < 12; index++) {
      const long = `${'x'.repeat(5_000)}\n`.repeat(20)
      upstream.commit(`Change ${index} ${'y'.repeat(500)}`, { [`${'deep/'.repeat(30)}${index}`]: long })
    }
    upstream.git('tag', '-f', 'v1')
    const lines = await evidence()
    const text = lines.join('\n')
    expect(text).toContain('new: 12 commits')
    expect(text).toContain('… 4 more')
    expect(text.length).toBeLessThan(6_000)
    expect(
      Math.max(...lines.filter((line) => !line.startsWith('whole diff')).map(({ length }) => length)),
    ).toBe(161)
  })

  it('says when only the tag was made anew, when it was deleted, and when it names no commit', async () => {
    const commit = upstream.oid('v1^{commit}')
    upstream.git('tag', '-f', 'v1', commit)
    expect((await evidence()).join('\n')).toContain('only the tag itself was made anew')
    upstream.git('tag', '-f', 'v1', 'HEAD^{tree}')
    expect((await evidence()).at(-1)).toMatch(/^There is no diff/)
    upstream.git('tag', '-d', 'v1')
    expect((await evidence()).at(-1)).toContain('upstream deleted the tag')
  })
})
