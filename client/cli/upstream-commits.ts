import type { Oid } from '../../domain/patch.ts'
import { runGit } from '../../git/process/command.ts'
import type { Mirror } from '../../git/types.ts'

/** Refs that are upstream's by their names: a remote called `upstream`, and those of Undrift's own mirrors. */
const upstreamRoots = ['refs/remotes/upstream/', 'refs/upstream/']

/**
 * What a repository itself says that upstream has. A ref that holds the head is left out: where the fork was pushed to a
 * remote of that name, nothing of its stack would be left. Tags are not looked at; a fork has tags of its own.
 */
export async function upstreamCommits(source: Mirror, head: Oid): Promise<readonly Oid[]> {
  const format = '--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)'
  const argv = ['for-each-ref', format, `--no-contains=${head}`, ...upstreamRoots]
  const answer = await runGit(source, argv)
  return [...new Set(answer.stdout.toString('latin1').split('\n').filter(Boolean))]
}
