import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import { type BlobMerge, contentsOf } from './merge-blobs.ts'
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

/** One edit of a patch where it will be made, as far as that is known already. */
interface Meeting {
  readonly path: Bytes
  readonly ours: Entry
  readonly result: Entry | 'unknown'
  /** Whether upstream or an earlier patch changed the file, too. */
  readonly isMet: boolean
  /** The contents that have to be merged for it. */
  readonly wanted: BlobMerge | null
}

/**
 * Merges beforehand, many at a time, the contents that the replay of the changes will ask for. It only foresees: what
 * it gets wrong is merged when it is needed, and a replay without it comes to the same.
 */
export async function prepareMerges(
  workshop: Workshop,
  changes: readonly TwoTrees[],
  target: Oid,
): Promise<void> {
  const { merger } = workshop
  for (let round = 0; round < mostRounds; round += 1) {
    const wanted = (await meetings(workshop, changes, target)).flatMap((meeting) => meeting.wanted ?? [])
    if (wanted.length < fewest) return
    await merger.prepare(wanted)
    if (wanted.every((blobs) => merger.prepared(blobs) === null)) return
  }
}

/** What every edit will meet, file by file; what follows on something unknown is left out. */
async function meetings(
  { trees, merger }: Workshop,
  changes: readonly TwoTrees[],
  target: Oid,
): Promise<readonly Meeting[]> {
  const edits = await Promise.all(changes.map(({ before, after }) => trees.compare(before, after)))
  const found: Meeting[] = []
  /** What stands at a path after the changes so far. */
  const now = new Map<Bytes, Entry | 'unknown'>()
  for (const { path, before, after } of edits.flat()) {
    const ours = now.get(path) ?? (await trees.lookUp(target, path))
    if (ours === 'unknown') continue
    const result = resultOf(merger, { before, ours, after })
    const wanted: BlobMerge | null = result === 'unknown' ? contentsOf(before, ours, after) : null
    now.set(path, result)
    found.push({ path, ours, result, isMet: before?.oid !== ours?.oid, wanted })
  }
  return found
}

/** What stands at a path once a change has met what is there, as far as that is known. */
function resultOf(
  merger: Workshop['merger'],
  { before, ours, after }: { readonly before: Entry; readonly ours: Entry; readonly after: Entry },
): Entry | 'unknown' {
  if (!ours || !before || !after) return 'unknown'
  if (before.oid === ours.oid) return after
  if (before.oid === after.oid || ours.oid === after.oid) return ours
  const contents = contentsOf(before, ours, after)
  const oid = contents === null ? null : merger.prepared(contents)
  return oid === null ? 'unknown' : { mode: ours.mode, oid }
}

/** How many patches are foreseen first, and how many times more each time after: most stops come early. */
const firstWindow = 8
const growth = 4

/** Foresees the replay of a stack some patches at a time: a stop among the first does not pay for the rest. */
export function foreseeWindows(
  workshop: Workshop,
  changes: readonly (TwoTrees & { readonly drop: unknown })[],
): { reach(index: number, tree: Oid): Promise<void> } {
  let end = 0
  let size = firstWindow
  return {
    reach: async (index, tree) => {
      if (index < end) return
      const next = changes.slice(index, index + size)
      end = index + size
      size *= growth
      const kept = next.filter((change) => change.drop === null)
      // The merges are asked for first: the replay waits for them, and for the diffs only at its end.
      await Promise.all([prepareMerges(workshop, kept, tree), foreseeDiffs(workshop, kept, tree)])
      await foreseeResults(workshop, kept, tree)
    },
  }
}

/** Asks for the diffs of what was merged beforehand, which will be compared, while the replay goes on. */
async function foreseeResults(workshop: Workshop, changes: readonly TwoTrees[], target: Oid): Promise<void> {
  for (const { path, ours, result, isMet } of await meetings(workshop, changes, target)) {
    if (!isMet || ours === null || result === null || result === 'unknown' || ours.oid === result.oid)
      continue
    workshop.shown.foresee({ path, before: ours, after: result })
  }
  // They go out at the end of the turn, and the replay that follows may not wait for anything.
  await new Promise((resolve) => setImmediate(resolve))
}

/** Asks for the diffs of patches that upstream met, which will be compared, while the merges are made. */
async function foreseeDiffs(workshop: Workshop, changes: readonly TwoTrees[], target: Oid): Promise<void> {
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
