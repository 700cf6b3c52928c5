import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'
import { assertRefName } from './ref-name.ts'

/** Where a branch is in use, so that moving it would go behind a person's back. */
export interface BranchInUse {
  readonly how: 'checked-out' | 'rebased' | 'bisected'
  /** The work tree. */
  readonly at: string
}

/**
 * The work tree of the repository in which a branch is checked out, or in the midst of a rebase or a bisection; null for
 * none. As in `git branch --force`, a branch that HEAD names and that does not exist yet counts as checked out.
 */
export async function branchInUse(repository: Mirror, ref: string): Promise<BranchInUse | null> {
  assertRefName(ref)
  const common = await ask(repository, ['rev-parse', '--path-format=absolute', '--git-common-dir'])
  const main = { path: common, signal: repository.signal }
  const isBare = (await ask(main, ['rev-parse', '--is-bare-repository'])) === 'true'
  const names = await readdir(join(common, 'worktrees')).catch(() => [])
  const linked = names.sort().map((name) => join(common, 'worktrees', name))
  for (const gitDir of isBare ? linked : [common, ...linked]) {
    const how = await useOf({ path: gitDir, signal: repository.signal }, ref)
    if (how !== null) return { how, at: await workTreeOf(gitDir, common) }
  }
  return null
}

async function useOf(gitDir: Mirror, ref: string): Promise<BranchInUse['how'] | null> {
  if ((await ask(gitDir, ['symbolic-ref', '--quiet', 'HEAD'])) === ref) return 'checked-out'
  const lines = async (...path: string[]) => (await textOf(gitDir.path, ...path)).split('\n')
  const rebased = await Promise.all([
    lines('rebase-merge', 'head-name'),
    lines('rebase-merge', 'update-refs'),
    lines('rebase-apply', 'head-name'),
  ])
  if (rebased.flat().includes(ref)) return 'rebased'
  return (await lines('BISECT_START')).includes(ref.replace('refs/heads/', '')) ? 'bisected' : null
}

/** A linked work tree's git folder names the `.git` file in it. */
async function workTreeOf(gitDir: string, common: string): Promise<string> {
  const file = gitDir === common ? common : (await textOf(gitDir, 'gitdir')).trim()
  return file.replace(/\/\.git$/, '')
}

function textOf(...path: string[]): Promise<string> {
  return readFile(join(...path), 'utf8').catch(() => '')
}

async function ask(place: Mirror, argv: readonly string[]): Promise<string> {
  const { stdout } = await runGit(place, argv, { okCodes: [0, 1, 128] })
  return stdout.toString('utf8').replace(/\n$/, '')
}
