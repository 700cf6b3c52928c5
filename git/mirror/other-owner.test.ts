import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { push } from '../push/push.ts'
import {
  cloneRepo,
  makeBare,
  makeFolder,
  makeRepo,
  openRepo,
  type TestFolder,
  type TestRepo,
} from '../testing.ts'
import { fetchFork, fetchUpstream } from './fetch.ts'
import { listTags } from './list-tags.ts'
import { openMirror } from './mirror.ts'
import { openTagSource } from './tag-source.ts'

// Only root can give a repository to somebody else.
const isRoot = process.getuid?.() === 0

let folder: TestFolder
let upstream: TestRepo
beforeEach(() => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, "it's-up"))
  upstream.commit('one', { file: '1' })
  upstream.git('tag', 'v1')
})
afterEach(() => folder.remove())

function giveAway(...dirs: readonly string[]): void {
  execFileSync('chown', ['-R', '12345:12345', ...dirs])
}

function accessTo(url: string) {
  return { remote: { name: 'origin', url, token: null }, secret: null }
}

describe.skipIf(!isRoot)(
  'a repository of another owner that the config names (needs root to make one)',
  () => {
    it.each([
      'a work tree',
      'a bare one',
      'a file URL',
      'a linked work tree',
      'a path without .git',
      'a symlink',
    ])('is read: %s', async (kind) => {
      const bare = join(folder.path, 'up.git')
      cloneRepo(upstream.dir, join(folder.path, 'other'))
      execFileSync('git', ['clone', '-q', '--bare', upstream.dir, bare])
      upstream.git('worktree', 'add', '-q', join(folder.path, 'linked'), 'HEAD')
      execFileSync('ln', ['-s', bare, join(folder.path, 'link')])
      giveAway(upstream.dir, bare, join(folder.path, 'linked'))
      const url = {
        'a work tree': upstream.dir,
        'a bare one': bare,
        'a file URL': `file://${bare}`,
        'a linked work tree': join(folder.path, 'linked'),
        'a path without .git': join(folder.path, 'up'),
        'a symlink': join(folder.path, 'link'),
      }[kind] as string
      const mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
      expect(await fetchUpstream(mirror, accessTo(url), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
      expect(await fetchFork(mirror, accessTo(url), { fork: 'ours', branch: 'main' })).toMatchObject({
        kind: 'ok',
      })
      expect((await listTags(accessTo(url))).map(({ tag }) => tag)).toEqual(['v1'])
      if (kind === 'a path without .git') return
      await using source = await openTagSource(accessTo(url))
      expect(await source.commitsOf(source.tags)).toHaveLength(1)
    })

    it('is not trusted where it was not named: a push says whose it is, and what to do', async () => {
      const home = makeBare(join(folder.path, 'home.git'))
      giveAway(home.dir)
      const mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
      await fetchUpstream(mirror, accessTo(upstream.dir), { tag: 'v1' })
      const updates = [{ ref: 'refs/heads/x', to: upstream.oid('v1'), expected: null }]
      await expect(push(mirror, accessTo(home.dir), updates)).rejects.toMatchObject({
        code: 'UNDRIFT_E_REFUSED',
        message: expect.stringMatching(/home\.git belongs to another user/),
        hint: expect.not.stringContaining('git config --global'),
      })
      expect(openRepo(mirror.path).git('config', '--list')).not.toContain('safe')
    })
  },
)
