import type { Oid } from '../../domain/patch.ts'
import { assertOid } from '../mirror/queries.ts'
import { git } from '../process/command.ts'
import type { Mirror } from '../types.ts'

/** The subject of one commit. */
export async function commitSubject(mirror: Mirror, commit: Oid): Promise<string> {
  assertOid(commit)
  const argv = [
    'log',
    '-1',
    '--no-show-signature',
    '--encoding=UTF-8',
    '--format=%s',
    '--end-of-options',
    commit,
  ]
  return (await git(mirror, argv)).stdout.trim()
}
