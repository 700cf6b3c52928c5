import { UndriftError } from '../../domain/errors.ts'
import { refSegment } from '../../domain/ids.ts'
import type { PinnedRelease, SeenTag } from '../../domain/release.ts'
import type { Mirror, RemoteAccess, RemoteRef } from '../types.ts'
import { withMirrorLock } from './mirror-lock.ts'
import { findMovedTags } from './moved-tags.ts'
import { readRef, updateRefs } from './refs.ts'
import { fetchRefs } from './remote.ts'

/** A tag that is not what was seen first. */
export interface TagMove {
  readonly before: PinnedRelease
  /** What it is now; null when upstream deleted it. */
  readonly after: PinnedRelease | null
}

/** Where the mirror keeps what a tag was besides what it is pinned to: what it moved to, and what it was before. */
function movedRef({ tag, tagObject }: Pick<PinnedRelease, 'tag' | 'tagObject'>): string {
  return `refs/moved/${tagObject}/${refSegment(tag)}`
}

/**
 * Brings what a tag moved to into the mirror, beside the pinned one, so that the two can be compared. An object that git
 * refuses stays outside: the alarm stands without it. Throws as `listRemote` does.
 */
export async function keepMoved(mirror: Mirror, access: RemoteAccess, moved: SeenTag): Promise<void> {
  const ref = movedRef(moved)
  if ((await readRef(mirror, ref)) !== null) return
  try {
    await fetchRefs(mirror, access, [`${moved.tagObject}:${ref}`])
  } catch (error) {
    if (!(error instanceof UndriftError)) throw error
    if (error.code !== 'UNDRIFT_E_GIT' && error.code !== 'UNDRIFT_E_FSCK') throw error
  }
}

/**
 * Whether a tag is what was seen of it, asked by one ls-remote; null when it is. What it moved to is brought into the
 * mirror for comparison. Throws as `listRemote` does.
 */
export async function tagMoveSince(
  mirror: Mirror,
  access: RemoteAccess,
  seen: PinnedRelease,
): Promise<TagMove | null> {
  const [moved] = await findMovedTags(mirror, access, [seen])
  if (moved === undefined) return null
  const { after } = moved
  if (after !== null) {
    await withMirrorLock(mirror, () => keepMoved(mirror, access, after), { purpose: 'fetch' })
  }
  return { before: seen, after }
}

/** Makes what a tag moved to the pinned one, and keeps the old one. The caller holds the mirror's fetch lock. */
export async function pinAnew(mirror: Mirror, known: RemoteRef, moved: PinnedRelease): Promise<void> {
  if (known.oid === moved.tagObject) return
  const old = movedRef({ tag: moved.tag, tagObject: known.oid })
  const outcome = await updateRefs(mirror, [
    { ref: old, to: known.oid, expected: await readRef(mirror, old) },
    { ref: known.ref, to: moved.tagObject, expected: known.oid },
  ])
  if (outcome.kind !== 'stale') return
  throw new UndriftError('UNDRIFT_E_GIT', `${outcome.ref} moved while ${moved.tag} was pinned anew.`)
}
