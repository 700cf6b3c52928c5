import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lines, makeGround, type PlanGround } from './plan-testing.ts'

let ground: PlanGround
beforeEach(() => {
  ground = makeGround()
})
afterEach(() => ground.remove())

/** Four files of one folder, or nothing in their place. */
function folder(name: string, isThere = true): Record<string, string | null> {
  const files = [0, 1, 2, 3].map((each) => [`${name}/${each}`, isThere ? lines({ 1: `${each}` }) : null])
  return Object.fromEntries(files)
}

/** The conflict of the first patch that has one. */
async function conflictOf() {
  const { patches } = await ground.plan()
  return patches.find((patch) => patch.verdict === 'conflict')?.conflict
}

describe('the upstream commit at which a patch stops applying', () => {
  it.each<readonly [string, Record<string, string | null>, Record<string, string | null>, string, string]>([
    [
      'removed what the patch moves',
      { 'a.txt': null, 'moved.txt': lines({ 3: 'ours' }) },
      { 'a.txt': null },
      'moved.txt',
      'rename/delete',
    ],
    [
      'moved what the patch removes',
      { 'a.txt': null },
      { 'a.txt': null, 'moved.txt': lines({ 3: 'theirs' }) },
      'moved.txt',
      'rename/delete',
    ],
    ['made a folder of the name', { x: 'file\n' }, { 'x/y': 'y\n' }, 'x', 'directory/file'],
    ['made a file of the name', { 'x/y': 'y\n' }, { x: 'file\n' }, 'x', 'directory/file'],
  ])('is named where it %s', async (_, ours, theirs, path, kind) => {
    ground.onFork(() => ground.repo.commit('ours', ours))
    ground.repo.commit('harmless', { 'c.txt': 'more\n' })
    const culprit = ground.repo.commit('culprit', theirs)
    ground.repo.commit('later', { 'c.txt': 'much more\n' })
    expect(await conflictOf()).toEqual({ paths: [{ path, kind }], causedBy: culprit })
  })

  it('is named where it moved the folder that the patch adds to', async () => {
    const { repo } = ground
    repo.commit('a folder', folder('old'))
    repo.git('branch', '-f', 'fork', 'main')
    ground.onFork(() => repo.commit('ours', { 'old/ours': 'ours\n' }))
    repo.commit('harmless', { 'c.txt': 'more\n' })
    const culprit = repo.commit('culprit', { ...folder('old', false), ...folder('new') })
    const paths = [{ path: 'new/ours', kind: 'rename/add' }]
    expect(await conflictOf()).toEqual({ paths, causedBy: culprit })
  })

  it('is named with the file where it took the folder apart that the patch adds to', async () => {
    const { repo } = ground
    repo.commit('a folder', folder('old'))
    repo.git('branch', '-f', 'fork', 'main')
    ground.onFork(() => repo.commit('ours', { 'old/ours': 'ours\n' }))
    const halves = Object.entries(folder('old')).map(([path, text], index) => [
      path.replace('old', index < 2 ? 'one' : 'two'),
      text,
    ])
    const culprit = repo.commit('culprit', { ...folder('old', false), ...Object.fromEntries(halves) })
    const paths = [{ path: 'old/ours', kind: 'rename/add' }]
    expect(await conflictOf()).toEqual({ paths, causedBy: culprit })
  })

  it('is the one that added to a folder which the patch moves, not a later one that touches its files', async () => {
    const { repo } = ground
    repo.commit('a folder', folder('old'))
    repo.git('branch', '-f', 'fork', 'main')
    ground.onFork(() => repo.commit('ours', { ...folder('old', false), ...folder('new') }))
    const culprit = repo.commit('culprit', { 'old/theirs': 'theirs\n' })
    repo.commit('later', { 'old/2': lines({ 1: '2', 30: 'theirs' }) })
    expect((await conflictOf())?.causedBy).toBe(culprit)
  })

  it('is found in a branch among many that touch the file, and may be a merge', async () => {
    const { repo } = ground
    ground.onFork(() => repo.commit('ours', { 'a.txt': lines({ 20: 'ours' }) }))
    repo.git('checkout', '-q', '-b', 'topic')
    const culprit = repo.commit('culprit', { 'a.txt': lines({ 20: 'topic' }) })
    for (let each = 0; each < 13; each += 1)
      repo.commit(`topic ${each}`, { 'a.txt': lines({ 20: 'topic', 40: `${each}` }) })
    repo.git('checkout', '-q', 'main')
    for (let each = 0; each < 13; each += 1) repo.commit(`main ${each}`, { 'a.txt': lines({ 1: `${each}` }) })
    repo.git('merge', '-q', '--no-ff', '-m', 'merge topic', 'topic')
    repo.commit('after it', { 'a.txt': lines({ 1: '12', 10: 'main', 20: 'topic', 40: '12' }) })
    expect((await conflictOf())?.causedBy).toBe(culprit)
  })

  it('is the merge that changed something itself', async () => {
    const { repo } = ground
    ground.onFork(() => repo.commit('ours', { 'a.txt': lines({ 20: 'ours' }) }))
    repo.git('checkout', '-q', '-b', 'topic')
    repo.commit('topic', { 'b.txt': lines({ 3: 'topic' }) })
    repo.git('checkout', '-q', 'main')
    repo.commit('main', { 'c.txt': 'main\n' })
    repo.git('merge', '-q', '--no-ff', '--no-commit', 'topic')
    const merge = repo.commit('merge topic', { 'a.txt': lines({ 20: 'in the merge' }) })
    repo.commit('after it', { 'c.txt': 'after\n' })
    expect((await conflictOf())?.causedBy).toBe(merge)
  })
})

it('tells a submodule that both sides moved, whatever happened to it before', async () => {
  const { repo } = ground
  const point = (at: string, subject: string) => {
    repo.git('update-index', '--add', '--cacheinfo', `160000,${at.repeat(40)},sub`)
    repo.git('commit', '-qm', subject)
  }
  point('1', 'submodule')
  repo.git('branch', '-f', 'fork', 'main')
  ground.onFork(() => point('2', 'ours'))
  point('3', 'theirs')
  const conflict = await conflictOf()
  expect(conflict).toEqual({ paths: [{ path: 'sub', kind: 'submodule' }], causedBy: repo.oid('main') })
})
