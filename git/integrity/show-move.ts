import { UndriftError } from '../../domain/errors.ts'
import type { SeenTag } from '../../domain/release.ts'
import { withMirrorLock } from '../mirror/mirror-lock.ts'
import { keepMoved, type TagMove } from '../mirror/moved-refs.ts'
import { commitOf, hasObject } from '../mirror/queries.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { moveEvidence } from './move-evidence.ts'

/** A tag that a watch found to be another than it was, or gone. */
export interface SeenMove {
  readonly before: SeenTag
  readonly after: TagMove['after']
}

/**
 * What a person must see of a tag that moved, where no attempt has fetched it: what the mirror lacks of the two objects is
 * asked of the upstream, which may still have the old one. What cannot be had is named by its id.
 */
export async function showMove(
  mirror: Mirror,
  access: RemoteAccess,
  move: SeenMove,
): Promise<readonly string[]> {
  const problem = await bringBoth(mirror, access, move)
  const { before, after } = move
  const commit = before.commit ?? (await commitOf(mirror, before.tagObject))
  const lines =
    commit === null
      ? unseen(before, after)
      : await moveEvidence(mirror, { before: { ...before, commit }, after })
  return problem === null ? lines : [...lines, problem]
}

/** Why the upstream could not be asked; null where nothing was in the way. */
async function bringBoth(
  mirror: Mirror,
  access: RemoteAccess,
  { before, after }: SeenMove,
): Promise<string | null> {
  try {
    await withMirrorLock(
      mirror,
      async () => {
        for (const pin of after === null ? [before] : [after, before]) {
          if (!(await hasObject(mirror, pin.tagObject))) await keepMoved(mirror, access, pin)
        }
      },
      { purpose: 'fetch' },
    )
    return null
  } catch (error) {
    mirror.signal?.throwIfAborted()
    if (!(error instanceof UndriftError)) throw error
    return `The upstream could not be asked for the objects: ${error.message}`
  }
}

function unseen({ tagObject }: SeenTag, after: SeenMove['after']): readonly string[] {
  return [
    `first seen: object ${tagObject}`,
    after === null
      ? 'now:        gone; upstream deleted the tag'
      : `now:        object ${after.tagObject}; commit ${after.commit}`,
    `There is no diff: this worker's mirror does not hold ${tagObject}, and the upstream no longer gives it.`,
  ]
}
