import type { Script } from './script-testing.ts'
import type { State } from './states-testing.ts'

/** One commit of a history that was made up. Its number is its place in the list. */
export interface Commit {
  readonly number: number
  readonly by: 'upstream' | 'fork'
  readonly how: 'edit' | 'fixup' | 'take' | 'revert' | 'merge' | 'import'
  readonly subject: string
  readonly parents: readonly number[]
  readonly state: State
  /** The upstream commit that a plain commit of the fork took in whole, and the one that the fork stood on before. */
  readonly tookIn?: { readonly from: number; readonly to: number }
  /** The commit of the fork that a fixup names. */
  readonly fixes?: number
  /** The commit that a revert takes back. */
  readonly reverts?: number
}

export interface History {
  readonly script: Script
  readonly commits: readonly Commit[]
  readonly head: number
  readonly onto: number
  /** Tips of branches that are upstream's beside the target. */
  readonly branches: readonly number[]
  /** What upstream tagged beside the target. */
  readonly tags: readonly number[]
}

/** A commit and all before it. */
export function ancestorsOf(commits: readonly Commit[], tip: number): ReadonlySet<number> {
  const found = new Set<number>()
  const left = [tip]
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (found.has(at)) continue
    found.add(at)
    left.push(...(commits[at]?.parents ?? []))
  }
  return found
}

/** The first parents of a commit, and the commit itself, oldest first. */
export function lineOf(commits: readonly Commit[], tip: number): readonly Commit[] {
  const line: Commit[] = []
  for (let at = commits[tip]; at; at = commits[at.parents[0] ?? -1]) line.push(at)
  return line.reverse()
}
