import { afterEach, beforeEach } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { carryEverything, type StackPolicy } from '../stack/policy.ts'
import { makeFolder, makeRepo, numberedLines, type TestRepo } from '../testing.ts'
import { makePlan, type Plan, type PlanInput, type PlanOptions } from './plan.ts'

/** A repository with upstream on `main` and a fork on `fork`, and the plan to move the one onto the other. */
export interface PlanGround {
  readonly folder: string
  readonly repo: TestRepo
  /** Works on the fork's branch, and comes back to upstream's. */
  onFork<T>(work: () => T): T
  plan(policy?: Partial<StackPolicy>, more?: Partial<PlanInput>, options?: PlanOptions): Promise<Plan>
  remove(): void
}

const committer = { name: 'Undrift', email: 'undrift@example.org' }

/** Makes the repository with one commit of three files, from which both sides begin. */
export function makeGround(): PlanGround {
  const folder = makeFolder()
  const repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', { 'a.txt': numberedLines(40), 'b.txt': numberedLines(40), 'c.txt': 'c\n' })
  repo.git('branch', 'fork')
  return groundOf(folder.path, repo, folder.remove)
}

/** A new ground for each test of a file; `prepare` is done on it first. */
export function useGround(prepare: (ground: PlanGround) => void = () => {}): Omit<PlanGround, 'remove'> {
  let ground: PlanGround
  beforeEach(() => {
    ground = makeGround()
    prepare(ground)
  })
  afterEach(() => ground.remove())
  return {
    get folder() {
      return ground.folder
    },
    repo: new Proxy({} as TestRepo, { get: (_, name) => Reflect.get(ground.repo, name) }),
    onFork: (work) => ground.onFork(work),
    plan: (...given) => ground.plan(...given),
  }
}

/** The same on a repository that has both branches already. */
export function groundOf(folder: string, repo: TestRepo, remove: () => void): PlanGround {
  return {
    folder,
    repo,
    onFork: (work) => {
      repo.git('checkout', '-q', 'fork')
      const result = work()
      repo.git('checkout', '-q', 'main')
      return result
    },
    plan: (policy = {}, more = {}, options = {}) =>
      makePlan(
        { path: `${repo.dir}/.git`, signal: null },
        {
          head: repo.oid('fork'),
          onto: repo.oid('main'),
          base: null,
          followed: [],
          committer,
          policy: { ...carryEverything, ...policy },
          onConflict: 'stop',
          ...more,
        },
        options,
      ),
    remove,
  }
}

/** Forty numbered lines with some of them changed. */
export const lines = (changes: Readonly<Record<number, string>>) => numberedLines(40, changes)

/** The verdicts, in the stack's order. */
export function verdictsOf(result: Plan): readonly (string | null)[] {
  return result.patches.map((patch) => patch.verdict)
}

/** The tree of a plan without a conflict. */
export function treeOf(result: Plan): Oid {
  if (result.result.kind === 'conflict') throw new Error(`conflict: ${JSON.stringify(result.patches)}`)
  return result.result.tree
}
