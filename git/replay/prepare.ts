import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { BlobMerge } from './merge-blobs.ts'
import type { Workshop } from './workshop.ts'

/** A step of a stack, whatever commit it belongs to. */
interface TwoTrees {
  readonly before: Oid
  readonly after: Oid
}

/** A round that merges fewer files than this costs more than it saves. */
const fewest = 2
/** Patches that change one file one after the other need a round each. */
const mostRounds = 8

/**
 * Merges beforehand, many at a time, the contents that the replay of the changes will ask for. It only foresees: what
 * it gets wrong is merged when it is needed, and a replay without it comes to the same.
 */
export async function prepareMerges(
  workshop: Workshop,
  changes: readonly TwoTrees[],
  target: Oid,
): Promise<void> {
  const { trees, merger } = workshop
  const edits = await Promise.all(changes.map(({ before, after }) => trees.compare(before, after)))
  for (let round = 0; round < mostRounds; round += 1) {
    const wanted: BlobMerge[] = []
    /** What stands at a path after the changes so far; `unknown` until a later round. */
    const now = new Map<Bytes, Entry | 'unknown'>()
    for (const { path, before, after } of edits.flat()) {
      const ours = now.get(path) ?? (await trees.lookUp(target, path))
      if (ours === 'unknown') continue
      if (!ours || !before || !after) {
        now.set(path, 'unknown')
        continue
      }
      const blobs = { base: before.oid, ours: ours.oid, theirs: after.oid }
      if (before.oid === ours.oid) now.set(path, after)
      else if (before.oid === after.oid || ours.oid === after.oid) now.set(path, ours)
      else {
        const oid = merger.prepared(blobs)
        if (oid === null) wanted.push(blobs)
        now.set(path, oid === null ? 'unknown' : { mode: ours.mode, oid })
      }
    }
    const fresh = round === 0 ? wanted : wanted.filter((blobs) => merger.prepared(blobs) === null)
    if (fresh.length < fewest) return
    await merger.prepare(fresh)
    if (fresh.every((blobs) => merger.prepared(blobs) === null)) return
  }
}

/** Asks for the diffs of patches that upstream met, which will be compared, while the merges are made. */
export async function foreseeDiffs(
  workshop: Workshop,
  changes: readonly TwoTrees[],
  target: Oid,
): Promise<void> {
  const { trees, shown } = workshop
  await Promise.all(
    changes.map(async ({ before, after }) => {
      const files = await trees.compare(before, after)
      const there = await Promise.all(files.map(({ path }) => trees.lookUp(target, path)))
      const isMet = files.some((file, index) => file.before?.oid !== there[index]?.oid)
      // Whoever needs the diff asks again, and hears of a failure.
      if (isMet) shown.diff(before, after).catch(() => {})
    }),
  )
}
