import { parseArgs } from 'node:util'

/** One stack to move, as it was named on the command line. */
export interface RealStack {
  readonly repo: string
  readonly head: string
  readonly onto: string
  /** What the stack begins after; the merge base where it is left out. */
  readonly base: string | null
}

export interface RealOptions {
  readonly stacks: readonly RealStack[]
  readonly runs: number
  /** What `undrift plan --explain` gets in the runs that explain. */
  readonly explain: string
  readonly json: string
}

export const realUsage = `Usage: npm run bench -- real REPO:HEAD:ONTO[:BASE]... [--runs N] [--explain DURATION] [--json FILE]

Moves real stacks by git rebase --onto in a ready checkout and by Undrift, in turns, and compares them.
  REPO   a repository on this machine; it is only read. Fetch what you want to measure first.
  HEAD   the last patch: a branch, a tag or an id
  ONTO   the upstream commit to move to
  BASE   the commit that the stack begins after (default: the merge base)
A path with a colon in it cannot be named. --runs is 5, --explain is 1m, the file is dist/bench/real.json.

Example: npm run bench -- real ../msys2-runtime:msys2-3.4.8:cygwin-3.4.9
`

/** Reads the command line; null when it cannot be understood. */
export function readRealOptions(argv: readonly string[]): RealOptions | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '5' },
        explain: { type: 'string', default: '1m' },
        json: { type: 'string', default: 'dist/bench/real.json' },
      },
    })
    const stacks = positionals.map(stackOf)
    const runs = Number(values.runs)
    if (stacks.length === 0 || !Number.isInteger(runs) || runs < 1) return null
    if (!stacks.every((stack) => stack !== null)) return null
    return { stacks, runs, explain: values.explain, json: values.json }
  } catch {
    return null
  }
}

function stackOf(text: string): RealStack | null {
  const [repo, head, onto, base = null, ...more] = text.split(':')
  if (!repo || !head || !onto || base === '' || more.length > 0) return null
  return { repo, head, onto, base }
}
