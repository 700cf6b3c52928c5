import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { treeOf } from '../mirror/queries.ts'
import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { type Entry, entryAt } from '../objects/tree.ts'
import { openTrees } from '../objects/tree-reader.ts'
import { noAttributes, openMergeAttributes } from '../replay/merge-attributes.ts'
import type { MergeConflict } from '../replay/merge-tree.ts'
import { openWholeMerger } from '../replay/merge-whole.ts'
import { resolutionKey } from '../resolutions/resolution-record.ts'
import { withoutAsides } from '../resolutions/resolutions.ts'
import type { ReplayConflict } from '../types.ts'
import { holdsMarkers } from './conflict-markers.ts'
import { readBlobs } from './work-tree.ts'

/** One conflicted path with what the merge left of it. */
export interface OpenPath extends MergeConflict {
  /** What the merge wrote at the path, with markers where it is text; null for nothing. */
  readonly merged: Entry
  readonly content: Buffer | null
  /** The contents of the sides that are files. */
  readonly sides: readonly Buffer[]
  /** Whether the clash is marked in the text: then a text without markers settles it. */
  readonly isMarked: boolean
}

export interface ConflictMerge {
  /** The merge's tree. Invariant: it holds markers; it is shown, compared with, and never committed. */
  readonly tree: Oid
  readonly paths: readonly OpenPath[]
}

/** Makes a conflict again, from its commits alone, in a quarantine. */
export async function mergeAgain(quarantine: Quarantine, conflict: ReplayConflict): Promise<ConflictMerge> {
  const { patch, lastGood } = conflict
  const trees = openTrees(quarantine.objects, quarantine.format)
  const { onto } = conflict
  const attributes = onto === undefined ? noAttributes : openMergeAttributes(quarantine, trees, onto)
  const merger = await openWholeMerger(quarantine, { attributes })
  try {
    const ours = await treeOf(quarantine, lastGood)
    const before = conflict.change?.before ?? (await treeOf(quarantine, patch.parent))
    const merge = await merger.merge(before, ours, conflict.change?.after ?? patch.tree)
    const isSame =
      merge.kind === 'conflict' && resolutionKey(merge.conflicts) === resolutionKey(conflict.paths)
    if (!isSame) {
      throw new UndriftError(
        'UNDRIFT_E_REFUSED',
        `Patch ${patch.oid} does not conflict in this way any more.`,
        {
          hint: 'Look at the attempt again; it may have gone on.',
        },
      )
    }
    const tree = await withoutAsides(quarantine, merge.tree, merge.conflicts)
    const paths: OpenPath[] = []
    for (const each of merge.conflicts) paths.push(await openPath(quarantine, tree, each))
    return { tree, paths }
  } finally {
    await Promise.all([merger.close(), attributes.close()])
  }
}

async function openPath(quarantine: Quarantine, tree: Oid, conflict: MergeConflict): Promise<OpenPath> {
  const merged = await entryAt(quarantine, tree, conflict.path)
  const stages = [conflict.base, conflict.ours, conflict.theirs].filter((side) =>
    side?.mode.startsWith('100'),
  )
  const oids = stages.flatMap((side) => (side ? [side.oid] : []))
  const written = merged?.mode.startsWith('100') ? merged.oid : null
  const blobs = await readBlobs(quarantine, written === null ? oids : [...oids, written])
  const sides = oids.flatMap((oid) => blobs.get(oid) ?? [])
  const content = written === null ? null : (blobs.get(written) ?? null)
  return { ...conflict, merged, content, sides, isMarked: content !== null && holdsMarkers(content, sides) }
}

export interface MarkerLabels {
  readonly ours: Bytes
  readonly base: Bytes
  readonly theirs: Bytes
}

/** The marked text with labels that say something to a person, instead of the ids that the merge was made with. */
export function relabel(content: Buffer, sides: readonly Buffer[], labels: MarkerLabels): Buffer {
  const text = toBytes(content)
  // A file that speaks of markers itself keeps every line as it is: which of them are the merge's, nobody can tell.
  if (sides.some((side) => holdsMarkers(side, []))) return content
  const named = text
    .replace(/^(<{7,}) [0-9a-f]{40,64}(?=[:\r\n])/gm, `$1 ${labels.ours}`)
    .replace(/^(\|{7,}) [0-9a-f]{4,64}(?=[:\r\n])/gm, `$1 ${labels.base}`)
    .replace(/^(>{7,}) [0-9a-f]{40,64}(?=[:\r\n])/gm, `$1 ${labels.theirs}`)
  return Buffer.from(named, 'latin1')
}
