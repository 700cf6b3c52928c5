import type { Oid } from '../../domain/patch.ts'
import { gitVersion } from '../process/version.ts'
import type { RemoteAccess } from '../types.ts'
import { listRemote } from './remote.ts'

/** A tag as the repository has it now. */
export interface ListedTag {
  readonly tag: string
  readonly tagObject: Oid
  /** What it points at in the end; not always a commit. */
  readonly target: Oid
}

/** The tags of a URL or absolute path, by `ls-remote` alone: no repository is made for it. Throws as `listRemote` does. */
export async function listTags(access: RemoteAccess, signal?: AbortSignal): Promise<readonly ListedTag[]> {
  await gitVersion()
  // At the root there is no repository above whose config git could find.
  const place = { cwd: '/', signal: signal ?? null }
  const refs = await listRemote(place, access, ['refs/tags/*'])
  return refs.map(({ ref, oid, peeled }) => ({
    tag: ref.slice('refs/tags/'.length),
    tagObject: oid,
    target: peeled,
  }))
}
