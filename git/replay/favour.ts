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
  const sides = await Promise.all(
    merge.conflicts.map(async (conflict) => (await favourHunks(workshop, conflict, side)) ?? conflict[side]),
  )
  const edits = new Map<Bytes, Entry>(merge.conflicts.map(({ path }, index) => [path, sides[index] ?? null]))
  // Git puts a file that clashes with a folder aside, under a name of its own; its content is in the stages.
  for (const { path, before } of await trees.compare(merge.ours, merge.tree)) {
    const aside = /^(.+)~[0-9a-f]{40,64}(?:_\d+)?$/s.exec(path)?.[1]
    if (before === null && aside !== undefined && edits.has(aside)) edits.set(path, null)
  }
  return trees.splice(merge.tree, edits)
}

/** Contents that were merged so, by workshop: a stack that is put on one base after another meets them again. */
const knownHunks = new WeakMap<Workshop, Map<string, Promise<Oid | null>>>()
let files = 0

/** Hunk by hunk where all three sides are text; null where only one whole side can win. */
async function favourHunks(
  workshop: Workshop,
  conflict: MergeConflict,
  side: 'ours' | 'theirs',
): Promise<Entry> {
  const { base, ours, theirs } = conflict
  if (conflict.kind !== 'content' || !base || !ours || !theirs) return null
  const known = knownHunks.get(workshop) ?? new Map<string, Promise<Oid | null>>()
  knownHunks.set(workshop, known)
  const key = [side, base.oid, ours.oid, theirs.oid].join(' ')
  const merged = known.get(key) ?? mergeHunks(workshop, [ours.oid, base.oid, theirs.oid], side)
  known.set(key, merged)
  const oid = await merged
  return oid === null ? null : { mode: conflict[side]?.mode ?? ours.mode, oid }
}

/** The content in which one side wins what clashes; null where a side is not text. */
async function mergeHunks(
  { quarantine }: Workshop,
  stages: readonly Oid[],
  side: 'ours' | 'theirs',
): Promise<Oid | null> {
  const { objects, path } = quarantine
  const names = await Promise.all(
    stages.map(async (oid) => {
      files += 1
      const file = join(path, `side-${files}`)
      await writeFile(file, (await objects.read(oid)).body)
      return file
    }),
  )
  const argv = ['merge-file', '-p', '-q', `--${side}`, ...names]
  const merged = await runGit(quarantine, argv, { config: quarantineConfig, okCodes: [0, 255] })
  return merged.code === 0 ? objects.write('blob', merged.stdout) : null
}
