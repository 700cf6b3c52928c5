import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { holdsMarkers } from '../conflict/conflict-markers.ts'
import { readBlobs } from '../conflict/work-tree.ts'
import { isOid } from '../mirror/queries.ts'
import { parseCommit } from '../objects/commit-object.ts'
import { inQuarantine, migrate, type Quarantine } from '../objects/quarantine.ts'
import { readTree } from '../objects/tree.ts'
import { runGit } from '../process/command.ts'
import type { Mirror, ResolutionPack } from '../types.ts'
import {
  findResolution,
  isRevoked,
  keepResolution,
  type Resolution,
  readResolution,
  settledBlobs,
} from './resolutions.ts'

/** Above this many bytes it is no settled conflict but a flood; a message carries far less anyway. */
const largestPack = 8 << 20

/** A resolution as something that can travel in a message: a pack that needs no other object. */
export async function packResolution(mirror: Mirror, oid: Oid): Promise<ResolutionPack> {
  if (!isOid(oid) || !(await readResolution(mirror, oid))) {
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `${oid} is no resolution of this mirror.`, {
      hint: 'List them with `undrift resolutions`.',
    })
  }
  const argv = ['pack-objects', '--revs', '--stdout', '-q', '--threads=1', '--no-reuse-delta']
  const { stdout } = await runGit(mirror, argv, { stdin: `${oid}\n` })
  return { oid, pack: stdout.toString('base64') }
}

/**
 * Takes a resolution that was made on another machine. It is unpacked and looked through in a quarantine first:
 * UNDRIFT_E_INPUT for anything that is not exactly one whole, honest resolution, and nothing of it stays.
 */
export async function importResolution(mirror: Mirror, pack: ResolutionPack): Promise<Resolution> {
  const bytes = decode(pack)
  return inQuarantine(mirror, async (quarantine) => {
    try {
      await runGit(quarantine, ['index-pack', '--stdin', '--strict', `--max-input-size=${largestPack}`], {
        stdin: bytes,
      })
    } catch (cause) {
      quarantine.signal?.throwIfAborted()
      if (cause instanceof UndriftError && cause.code === 'UNDRIFT_E_DISK') throw cause
      throw refused('its pack cannot be read or does not hold together', cause)
    }
    const resolution = await inspect(quarantine, pack.oid)
    const known = await findResolution(mirror, resolution.paths)
    // A message may be delivered again long after somebody thought better of it.
    if (known && known.at > resolution.at) return resolution
    if (await isRevoked(mirror, resolution)) return resolution
    await migrate(quarantine, [resolution.oid], [])
    await keepResolution(mirror, resolution.key, resolution.oid)
    return resolution
  })
}

function decode(pack: ResolutionPack): Buffer {
  if (!isOid(pack.oid)) throw refused('its name is not a whole object id')
  const bytes = Buffer.from(pack.pack, 'base64')
  if (bytes.toString('base64') !== pack.pack) throw refused('its pack is not base64')
  if (bytes.length > largestPack) throw refused(`its pack is larger than ${largestPack >> 20} MB`)
  return bytes
}

/** Invariant: the commit stands alone and holds the record and its blobs, nothing else. */
async function inspect(quarantine: Quarantine, oid: Oid): Promise<Resolution> {
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
  await refuseMarkers(quarantine, resolution)
  return resolution
}

async function refuseMarkers(quarantine: Quarantine, resolution: Resolution): Promise<void> {
  for (const { settled, base, ours, theirs } of resolution.paths) {
    if (!settled?.mode.startsWith('100')) continue
    const stages = [base, ours, theirs].flatMap((side) => (side?.mode.startsWith('100') ? [side.oid] : []))
    const blobs = await readBlobs(quarantine, [settled.oid, ...stages])
    const content = blobs.get(settled.oid)
    const sides = stages.flatMap((stage) => blobs.get(stage) ?? [])
    // Without the stages at hand nobody can say whose markers they are; the replay looks them up by those very stages.
    if (content && sides.length === stages.length && holdsMarkers(content, sides)) {
      throw refused('a file that it settles still holds conflict markers')
    }
  }
}

function refused(why: string, cause?: unknown): UndriftError {
  return new UndriftError('UNDRIFT_E_INPUT', `The resolution was refused: ${why}.`, {
    hint: 'Make it anew with `undrift resolve <attempt>`.',
    ...(cause === undefined ? {} : { cause }),
  })
}
