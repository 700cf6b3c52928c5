import type { Oid } from '../../domain/patch.ts'
import type { PinnedRelease } from '../../domain/release.ts'
import type { Place } from '../process/command.ts'
import type { RemoteAccess } from '../types.ts'
import { assertRefName } from './ref-name.ts'
import { listRemote } from './remote.ts'

/** A tag as it was seen first. */
export type TagPin = Pick<PinnedRelease, 'tag' | 'tagObject'>

/** A tag that is not what was seen first. */
export interface MovedTag {
  readonly tag: string
  /** The tag object that was seen first. */
  readonly before: Oid
  /** What the tag is now; null when it is gone. */
  readonly after: PinnedRelease | null
}

/** Above this many pins, asking for each by name is slower than taking all, and argv has an end. */
const mostNamedTags = 200

/**
 * Which of these tags moved or vanished on the remote, in the order of the pins, found out by one ls-remote; nothing is
 * fetched. Needs no mirror: any folder of ours does. Throws as `listRemote` does, and UNDRIFT_E_INPUT for what cannot be a tag.
 */
export async function findMovedTags(
  place: Place,
  access: RemoteAccess,
  pins: readonly TagPin[],
): Promise<readonly MovedTag[]> {
  if (pins.length === 0) return []
  const refs = pins.map(({ tag }) => `refs/tags/${tag}`)
  for (const ref of refs) assertRefName(ref)
  const asked = refs.length > mostNamedTags ? ['refs/tags/*'] : refs
  const there = new Map((await listRemote(place, access, asked)).map((each) => [each.ref, each]))
  return pins.flatMap(({ tag, tagObject }) => {
    const now = there.get(`refs/tags/${tag}`)
    if (now?.oid === tagObject) return []
    const after = now === undefined ? null : { tag, tagObject: now.oid, commit: now.peeled }
    return [{ tag, before: tagObject, after }]
  })
}
