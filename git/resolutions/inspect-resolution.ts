import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { holdsMarkers } from '../conflict/conflict-markers.ts'
import { readBlobs } from '../conflict/work-tree.ts'
import type { Bytes } from '../objects/bytes.ts'
import { parseCommit } from '../objects/commit-object.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { readTree } from '../objects/tree.ts'
import type { Place } from '../process/command.ts'
import type { ResolutionRecord } from './resolution-record.ts'
import { type Resolution, readResolution, settledBlobs } from './resolutions.ts'

/**
 * Looks through a resolution before it counts. Invariant: its commit stands alone and holds the record and its blobs,
 * nothing else, and no file with markers. Throws UNDRIFT_E_INPUT.
 */
export async function inspectResolution(quarantine: Quarantine, oid: Oid): Promise<Resolution> {
  const object = await quarantine.objects.find(oid)
  if (object?.type !== 'commit') throw refused('its pack does not hold the commit that it names')
  const commit = parseCommit(object.body, oid)
  if (commit.parents.length > 0) throw refused('it drags a history along')
  const resolution = await readResolution(quarantine, oid)
  if (!resolution) throw refused('its record is malformed or does not fit its stages')
  const wanted = settledBlobs(resolution)
  const root = await readTree(quarantine, commit.tree)
  const files = root.get('files')
  const held = files ? [...(await readTree(quarantine, files.oid)).values()] : []
  const isExact =
    [...root.keys()].every((name) => name === 'resolution.json' || name === 'files') &&
    held.length === wanted.length &&
    held.every(({ mode, oid: blob }) => mode === '100644' && wanted.includes(blob))
  if (!isExact) throw refused('it holds other files than those that it settles')
  if ((await markedPath(quarantine, resolution)) !== null) {
    throw refused('a file that it settles still holds conflict markers')
  }
  return resolution
}

/** The first path whose settled content holds markers that none of its sides has; null for none. */
export async function markedPath(
  place: Place,
  { paths }: Pick<ResolutionRecord, 'paths'>,
): Promise<Bytes | null> {
  for (const { path, settled, base, ours, theirs } of paths) {
    if (!settled?.mode.startsWith('100')) continue
    const stages = [base, ours, theirs].flatMap((side) => (side?.mode.startsWith('100') ? [side.oid] : []))
    const blobs = await readBlobs(place, [settled.oid, ...stages])
    const content = blobs.get(settled.oid)
    const sides = stages.flatMap((stage) => blobs.get(stage) ?? [])
    // Without the stages at hand nobody can say whose markers they are; the replay looks them up by those very stages.
    if (content && sides.length === stages.length && holdsMarkers(content, sides)) return path
  }
  return null
}

/** The error for what is no honest resolution. */
export function refused(why: string, cause?: unknown): UndriftError {
  return new UndriftError('UNDRIFT_E_INPUT', `The resolution was refused: ${why}.`, {
    hint: 'Make it anew with `undrift resolve <attempt>`.',
    ...(cause === undefined ? {} : { cause }),
  })
}
