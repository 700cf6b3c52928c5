import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ConflictScene, makeConflictScene } from '../git/conflict/conflict-testing.ts'
import { openHere } from './open-here.ts'

let scene: ConflictScene
beforeEach(async () => {
  scene = await makeConflictScene()
})
afterEach(() => scene.remove())

function git(argv: readonly string[], input = ''): string {
  const where = ['--git-dir', scene.mirror.path]
  return execFileSync('git', [...where, ...argv], { input, encoding: 'utf8' }).trim()
}

/** The same tree with a file more, which the mirror's own checks never saw. */
function withFile(tree: string, name: string): string {
  const blob = git(['hash-object', '-w', '--stdin'], 'x\n')
  return git(['mktree'], `${git(['ls-tree', tree])}\n100644 blob ${blob}\t${name}\n`)
}

it('names the commands that go on where no work tree can be made', async () => {
  const { conflict } = await scene.content()
  const treeOf = (commit: string) => git(['rev-parse', `${commit}^{tree}`])
  const { parent, tree } = conflict.patch
  const change = { before: withFile(treeOf(parent), 'git~1'), after: withFile(tree, 'git~1') }
  const person = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
  const onto = withFile(treeOf(conflict.lastGood), 'git~1')
  const lastGood = git([...person, 'commit-tree', '-m', 'x', onto])
  const opened = openHere(scene, { ...conflict, change, lastGood }, 'maintain/mine/main/v2')
  await expect(opened).rejects.toMatchObject({
    code: 'UNDRIFT_E_STACK',
    hint: expect.stringMatching(
      /`undrift resume maintain\/mine\/main\/v2`.*`undrift skip maintain\/mine\/main\/v2`/,
    ),
  })
})
