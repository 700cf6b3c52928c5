import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { quarantineConfig } from '../objects/quarantine.ts'
import type { Entry } from '../objects/tree.ts'
import { runGit } from '../process/command.ts'
import type { MergeConflict } from './merge-tree.ts'
import type { Workshop } from './workshop.ts'

/**
 * The tree of a conflicted merge in which one side wins every hunk that clashed. Never a result on its own: a
 * linearised merge corrects it, a forecast only looks past it.
 */
export async function favour(
  workshop: Workshop,
  merge: { readonly tree: Oid; readonly ours: Oid; readonly conflicts: readonly MergeConflict[] },
  side: 'ours' | 'theirs',
): Promise<Oid> {
  const { trees } = workshop
  const edits = new Map<Bytes, Entry>()
  for (const conflict of merge.conflicts) {
    edits.set(conflict.path, (await favourHunks(workshop, conflict, side)) ?? conflict[side])
  }
  // Git puts a file that clashes with a folder aside, under a name of its own; its content is in the stages.
  for (const { path, before } of await trees.compare(merge.ours, merge.tree)) {
    const aside = /^(.+)~[0-9a-f]{40,64}(?:_\d+)?$/s.exec(path)?.[1]
    if (before === null && aside !== undefined && edits.has(aside)) edits.set(path, null)
  }
  return trees.splice(merge.tree, edits)
}

/** Hunk by hunk where all three sides are text; null where only one whole side can win. */
async function favourHunks(
  workshop: Workshop,
  conflict: MergeConflict,
  side: 'ours' | 'theirs',
): Promise<Entry> {
  const { base, ours, theirs } = conflict
  if (conflict.kind !== 'content' || !base || !ours || !theirs) return null
  const { objects, path } = workshop.quarantine
  const files = await Promise.all(
    [ours, base, theirs].map(async (stage, index) => {
      const file = join(path, `side-${index}`)
      await writeFile(file, (await objects.read(stage.oid)).body)
      return file
    }),
  )
  const argv = ['merge-file', '-p', '-q', `--${side}`, ...files]
  const merged = await runGit(workshop.quarantine, argv, { config: quarantineConfig, okCodes: [0, 255] })
  if (merged.code !== 0) return null
  return { mode: conflict[side]?.mode ?? ours.mode, oid: objects.write('blob', merged.stdout) }
}
