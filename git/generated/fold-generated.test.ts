import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Regenerated, regeneratedReports } from '../../domain/regenerated.ts'
import { makeFolder, type TestFolder } from '../testing.ts'
import { foldGenerated } from './fold-generated.ts'
import { committer, type MetFiles, meetFiles } from './generated-testing.ts'

let folder: TestFolder
let met: MetFiles

const none = { paths: [], count: 0 }

beforeEach(async () => {
  folder = makeFolder()
  met = await meetFiles(folder, {
    start: { lock: 'start\n', src: 'src\n', 'gen/a': 'a\n' },
    patches: [
      { lock: 'ours 1\n', one: '1\n' },
      { lock: 'ours 2\n' },
      { lock: 'ours 3\n', three: '3\n', 'gen/a': 'ours\n' },
      { four: '4\n' },
    ],
    release: { lock: 'theirs\n', 'gen/a': 'theirs\n' },
    rules: [
      { kind: 'run', pattern: 'lock', command: 'make lock' },
      { kind: 'run', pattern: 'gen/**', command: 'make gen' },
    ],
  })
})

afterEach(() => folder.remove())

/** The replay's tree with some files set or removed, as a command would leave it. */
function treeWith(files: Readonly<Record<string, string | null>>): string {
  const { repo, head } = met
  repo.git('checkout', '-q', '-f', '--detach', head)
  repo.write(files)
  repo.git('add', '-A')
  return repo.git('write-tree')
}

function fold(tree: string) {
  const { onto, head, pending, rules } = met
  return foldGenerated(met.mirror, { onto, head, tree, pending, rules, committer })
}

function filesAt(commit: string): Readonly<Record<string, string>> {
  const names = met.repo.git('ls-tree', '-r', '--name-only', commit).split('\n')
  return Object.fromEntries(names.map((name) => [name, met.repo.git('show', `${commit}:${name}`)]))
}

describe('files that were made again', () => {
  it('go into the last patch that changed them, and the later patches stand on it', async () => {
    const made = { lock: 'made\n', 'gen/a': 'made\n', 'gen/new': 'new\n' }
    const folded = await fold(treeWith(made))
    const stack = met.repo.git('rev-list', '--reverse', `${met.onto}..${folded.head}`).split('\n')
    const upstream = { lock: 'theirs', src: 'src', 'gen/a': 'theirs' }
    const all = { ...upstream, lock: 'made', 'gen/a': 'made', 'gen/new': 'new', one: '1', three: '3' }
    expect(stack.map(filesAt)).toEqual([{ ...upstream, one: '1' }, all, { ...all, four: '4' }])
    expect(met.repo.git('log', '--format=%s', `${met.onto}..${folded.head}`).split('\n')).toEqual([
      'patch 4',
      'patch 3',
      'patch 1',
    ])
    expect(met.repo.git('fsck', '--strict', '--no-dangling')).toBe('')
  })

  it('give the reports of every patch, with verdict, commit and reason', async () => {
    const folded = await fold(treeWith({ lock: 'made\n' }))
    const outside = { paths: ['x', 'y'], count: 5 }
    const reports = regeneratedReports(met.reports, { ...folded, outside })
    const stack = met.repo.git('rev-list', '--reverse', `${met.onto}..${folded.head}`).split('\n')
    expect(reports.map(({ verdict, newOid }) => [verdict, newOid])).toEqual([
      ['merged', stack[0]],
      ['emptied', null],
      ['regenerated', stack[1]],
      ['unchanged', stack[2]],
    ])
    expect(reports.map(({ reason }) => reason)).toEqual([
      '`make lock` made `lock` again in a later patch.',
      'Nothing is left of it. `make lock` made `lock` again in a later patch.',
      [
        '`make gen` left `gen/**` as upstream has it. `make lock` made it again: lock.',
        'What was changed beside was left alone: x, y and 3 more.',
      ].join(' '),
      'The diff is the same.',
    ])
  })

  it('leave nothing of a patch that only differed in them, where the command gives what upstream has', async () => {
    const { repo } = met
    const only = await meetFiles(
      { ...folder, path: `${folder.path}/only` },
      {
        start: { lock: 'start\n' },
        patches: [{ lock: 'ours\n' }],
        release: { lock: 'theirs\n' },
        rules: [{ kind: 'run', pattern: 'lock', command: 'make lock' }],
      },
    )
    const { onto, head, tree, pending, rules, reports } = only
    const folded = await foldGenerated(only.mirror, { onto, head, tree, pending, rules, committer })
    expect(folded.head).toBe(onto)
    const [report] = regeneratedReports(reports, { ...folded, outside: none })
    expect(report).toMatchObject({
      verdict: 'emptied',
      newOid: null,
      reason: 'Nothing is left of it. `make lock` left `lock` as upstream has it.',
    })
    expect(repo.dir).not.toBe(only.repo.dir)
  })

  it('may be gone', async () => {
    const folded = await fold(treeWith({ 'gen/a': null }))
    expect(Object.keys(filesAt(folded.head))).toEqual(['four', 'lock', 'one', 'src', 'three'])
  })

  it('give the same commits when they are folded in again', async () => {
    const tree = treeWith({ lock: 'made\n' })
    expect(await fold(tree)).toEqual(await fold(tree))
  })

  it('are refused where the tree holds a change that no pattern names', async () => {
    await expect(fold(treeWith({ src: 'changed\n' }))).rejects.toMatchObject({ code: 'UNDRIFT_E_INTEGRITY' })
  })

  it('are refused where one is a symlink', async () => {
    const { repo } = met
    treeWith({})
    repo.git('rm', '-qf', 'lock')
    const link = repo.git('hash-object', '-w', 'src')
    repo.git('update-index', '--add', '--cacheinfo', `120000,${link},lock`)
    await expect(fold(repo.git('write-tree'))).rejects.toMatchObject({ code: 'UNDRIFT_E_INTEGRITY' })
  })

  it('leave a patch that a person settled its verdict, and say what was made beside it', async () => {
    const folded = await fold(treeWith({ lock: 'made\n' }))
    const settled = met.reports.map((report) => ({ ...report, verdict: 'resolved' as const }))
    const made: Regenerated = { ...folded, outside: none }
    const third = regeneratedReports(settled, made)[2]
    expect(third?.verdict).toBe('resolved')
    expect(third?.reason).toContain('`make lock` made it again: lock.')
  })
})
