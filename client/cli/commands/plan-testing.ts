import { afterEach, beforeEach } from 'vitest'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../../../git/testing.ts'
import { type Ran, runHere } from '../testing.ts'

/** A repository with upstream on `main` and two patches on `fork`, new for each test of a file. */
export interface PlanRepo {
  /** The path of the folder that holds the repository, in `repo`, and nothing else. */
  readonly folder: string
  readonly repo: TestRepo
  /** `undrift plan` of the fork onto upstream. */
  plan(...more: readonly string[]): Promise<Ran>
  /** Refs, every object with its size, and the state of the work tree. */
  everything(): string
}

/** Makes the repository before each test of the file. */
export function usePlanRepo(): PlanRepo {
  let folder: TestFolder
  let made: TestRepo
  beforeEach(() => {
    folder = makeFolder()
    made = makeRepo(`${folder.path}/repo`)
    made.commit('start', { 'a.txt': numberedLines(30), 'b.txt': numberedLines(30) })
    made.git('checkout', '-q', '-b', 'fork')
    made.commit('ours', { 'a.txt': numberedLines(30, { 3: 'ours' }) })
    made.commit('more of ours', { 'c.txt': 'c\n' })
    made.git('checkout', '-q', 'main')
  })
  afterEach(() => folder.remove())
  return {
    get folder() {
      return folder.path
    },
    repo: new Proxy({} as TestRepo, { get: (_, name) => Reflect.get(made, name) }),
    plan: (...more) => {
      const argv = ['plan', '--repo', made.dir, '--head', 'fork', '--onto', 'main', ...more]
      return runHere(argv, { cwd: folder.path, env: { PATH: process.env.PATH } })
    },
    everything: () => {
      const objects = made.git('cat-file', '--batch-check', '--batch-all-objects')
      const state = [made.git('status', '--porcelain'), made.git('count-objects', '-v')]
      return [made.git('for-each-ref'), objects, ...state].join('\n')
    },
  }
}
