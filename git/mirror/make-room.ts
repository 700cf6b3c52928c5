import { refSegment } from '../../domain/ids.ts'
import type { Mirror, RefUpdate, RemoteRef } from '../types.ts'
import { listRefs, updateRefs } from './refs.ts'

const tagRoot = 'refs/upstream/tags/'

/** Where the mirror keeps a tag that is gone upstream and whose name became a folder, or a part of one. */
export function displacedRef(tag: string): string {
  return `refs/displaced/tags/${refSegment(tag)}`
}

/**
 * Moves refs of upstream's out of the way that are not there any more, before a fetch; git's own prune comes too late.
 * Branches go: they are not pinned. A tag goes only where `release` must make room for `release/2024`, or the other way
 * round, and what it was is kept under another name, so that an alarm about it stands.
 */
export async function makeRoomForUpstream(
  mirror: Mirror,
  refs: { readonly wanted: ReadonlySet<string>; readonly here: ReadonlyMap<string, RemoteRef> },
): Promise<void> {
  const gone = [...refs.here.values()].filter(({ ref }) => !refs.wanted.has(ref))
  const inTheWay = new Set(refsInTheWay(gone, refs.wanted))
  const displaced = new Map((await listRefs(mirror, 'refs/displaced/tags')).map(({ ref, oid }) => [ref, oid]))
  const updates = gone.flatMap((each): readonly RefUpdate[] => {
    const { ref, oid } = each
    const remove = { ref, to: null, expected: oid }
    if (!ref.startsWith(tagRoot)) return [remove]
    if (!inTheWay.has(each)) return []
    const kept = displacedRef(ref.slice(tagRoot.length))
    const before = displaced.get(kept) ?? null
    return [remove, ...(before === oid ? [] : [{ ref: kept, to: oid, expected: before }])]
  })
  await updateRefs(mirror, updates)
}

/** The same for one ref below a root: what is in its way there cannot be on the remote beside it. */
export async function makeRoomFor(mirror: Mirror, ref: string, root: string): Promise<void> {
  const here = await listRefs(mirror, root)
  const stale = refsInTheWay(here, new Set([ref]))
  await updateRefs(
    mirror,
    stale.map((each) => ({ ref: each.ref, to: null, expected: each.oid })),
  )
}

/** Of some refs, those that Git cannot keep beside the wanted ones: one is a folder of the other. */
export function refsInTheWay<T extends Pick<RemoteRef, 'ref'>>(
  refs: readonly T[],
  wanted: ReadonlySet<string>,
): readonly T[] {
  const folders = new Set([...wanted].flatMap(foldersOf))
  return refs.filter(({ ref }) => folders.has(ref) || foldersOf(ref).some((folder) => wanted.has(folder)))
}

/** Every name that must be a folder where a ref stands. */
export function foldersOf(ref: string): readonly string[] {
  const parts = ref.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
