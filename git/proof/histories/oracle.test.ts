import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, type TestFolder } from '../../testing.ts'
import { historyOf } from './build-testing.ts'
import type { Game } from './game-testing.ts'
import { type GitPicks, pickInGit } from './git-picks-testing.ts'
import type { Contents } from './nets-testing.ts'
import { makeRepository, packInto, writeHistory } from './objects-testing.ts'
import { Oracle } from './oracle-testing.ts'
import { playScripts } from './play-testing.ts'
import { scriptOf, themes } from './script-testing.ts'

const count = 300
let folder: TestFolder
let games: readonly Game[]
let picks: readonly (GitPicks | null)[]

beforeAll(() => {
  folder = makeFolder()
  const dir = `${folder.path}/repository`
  makeRepository(dir)
  const packing = packInto(dir)
  games = Array.from({ length: count }, (_, index) => {
    const history = historyOf(scriptOf(`oracle/${index}`))
    return { history, oracle: new Oracle(history), written: writeHistory(packing, history) }
  })
  packing.flush()
  picks = pickInGit({ dir, packing }, games)
})
afterAll(() => folder.remove())

/** What git comes to where it is clean and upstream took nothing of the fork. */
function apart(): readonly (readonly [Oracle, Contents])[] {
  return games.flatMap(({ oracle }, index) => {
    const pick = picks[index]
    return pick?.kind === 'clean' && !oracle.hasTaken() ? [[oracle, pick.contents] as const] : []
  })
}

/** The contents with the words of one file changed. */
function withWords(contents: Contents, path: string, words: readonly string[]): Contents {
  return new Map([...contents, [path, words]])
}

describe('the histories', () => {
  it('are of every theme, and the same for the same seed', () => {
    expect(new Set(games.map(({ history }) => history.script.theme))).toEqual(new Set(themes))
    const again = historyOf(scriptOf('oracle/7'))
    expect(again).toEqual(games[7]?.history)
  })

  it('hold takings, squashes, reverts, imports, fixups, merges, renames and deleted files', () => {
    const commits = games.flatMap(({ history }) => history.commits)
    const hows = new Set(commits.map(({ how }) => how))
    expect(hows).toEqual(new Set(['edit', 'fixup', 'take', 'revert', 'merge', 'import']))
    const steps = games.flatMap(({ history }) =>
      history.commits.map(({ state, parents }) => ({
        state,
        before: history.commits[parents[0] ?? 0]?.state,
      })),
    )
    const paths =
      (id: string) =>
      ({ state, before }: (typeof steps)[number]) =>
        before?.has(id) && state.has(id) && before.get(id)?.path !== state.get(id)?.path
    expect(steps.some(paths('f0'))).toBe(true)
    expect(steps.some(({ state, before }) => before?.has('f1') && !state.has('f1'))).toBe(true)
    expect(steps.some(({ state, before }) => before && !before.has('f1') && state.has('f1'))).toBe(true)
  })
})

describe('the oracle', () => {
  it('finds nothing wrong with what git makes of patches of which upstream took nothing', () => {
    const found = apart().map(([oracle, contents]) => oracle.content(contents))
    expect(found.length).toBeGreaterThan(count / 8)
    expect(found.flat()).toEqual([])
  })

  it('sees every word that is lost, that is back, and that stands twice', () => {
    for (const [oracle, contents] of apart()) {
      const { commits, onto, head } = oracle.history
      const now = new Set([...contents.values()].flat())
      const [[path = '', words = []] = []] = contents
      for (const [at, word] of words.entries()) {
        expect(oracle.content(withWords(contents, path, words.toSpliced(at, 1)))).toHaveLength(1)
        expect(oracle.content(withWords(contents, path, [...words, word]))[0]?.rule).toBe('twice')
      }
      const ends = [commits[onto], commits[head], commits[oracle.stands]]
      const gone = ends.flatMap((commit) => [...(commit?.state.values() ?? [])].flatMap((file) => file.words))
      for (const word of gone.filter((each) => !now.has(each)))
        expect(oracle.content(withWords(contents, path, [...words, word]))).toHaveLength(1)
      expect(oracle.content(withWords(contents, path, [...words, 'x999']))[0]?.rule).toBe('made-up')
    }
  })

  it('sees where git itself puts a block in twice that upstream took to another place', () => {
    const rules = games.flatMap(({ oracle }, index) => {
      const pick = picks[index]
      return pick?.kind === 'clean' ? oracle.content(pick.contents).map(({ rule }) => rule) : []
    })
    expect(rules).toContain('twice')
  })
})

describe('playing histories', () => {
  it('comes to the same in a repository of many and in one of its own', async () => {
    const scripts = games.slice(0, 24).map(({ history }) => history.script)
    const together = await playScripts(scripts)
    const alone = (await Promise.all(scripts.map((script) => playScripts([script])))).flat()
    expect(alone).toEqual(together)
  })
})
