import type { Oid } from '../../domain/patch.ts'
import { assertOid } from '../mirror/queries.ts'
import { assertRefName } from '../mirror/ref-name.ts'
import { listRemote } from '../mirror/remote.ts'
import { accessOptions } from '../mirror/remote-access.ts'
import { runGit } from '../process/command.ts'
import type { Mirror, RemoteAccess } from '../types.ts'

/** A ref that may go, and the one value with which it may. */
export interface DeletableRef {
  readonly ref: string
  readonly oid: Oid
}

/**
 * Deletes refs of a remote that still hold what they held when they were made; what moved since is left alone. Returns
 * those that are gone. Throws as `listRemote` does.
 */
export async function deleteRefs(
  mirror: Mirror,
  access: RemoteAccess,
  wanted: readonly DeletableRef[],
): Promise<readonly string[]> {
  for (const { ref, oid } of wanted) {
    assertRefName(ref)
    assertOid(oid)
  }
  const names = wanted.map(({ ref }) => ref)
  if (names.length === 0) return []
  const there = new Map((await listRemote(mirror, access, names)).map(({ ref, oid }) => [ref, oid]))
  const ours = wanted.filter(({ ref, oid }) => there.get(ref) === oid)
  if (ours.length === 0) return []
  const argv = [
    'push',
    '--porcelain',
    '--no-follow-tags',
    '--no-verify',
    '--no-signed',
    ...ours.map(({ ref, oid }) => `--force-with-lease=${ref}:${oid}`),
    '--',
    access.remote.url,
    ...ours.map(({ ref }) => `:${ref}`),
  ]
  await runGit(mirror, argv, { ...accessOptions(access), okCodes: [0, 1] })
  const left = new Set((await listRemote(mirror, access, names)).map(({ ref }) => ref))
  return ours.flatMap(({ ref }) => (left.has(ref) ? [] : [ref]))
}
