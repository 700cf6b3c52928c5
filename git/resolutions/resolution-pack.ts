import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { isOid } from '../mirror/queries.ts'
import { inQuarantine, migrate } from '../objects/quarantine.ts'
import { runGit } from '../process/command.ts'
import type { Mirror, ResolutionPack } from '../types.ts'
import { inspectResolution, refused } from './inspect-resolution.ts'
import { findResolution, isRevoked, keepResolution, type Resolution, readResolution } from './resolutions.ts'

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
 * Takes the resolutions that an attempt carries. One that is refused is left out, so that its conflict is asked again:
 * nobody could take it out of the attempt.
 */
export async function importCarried(mirror: Mirror, packs: readonly ResolutionPack[]): Promise<void> {
  for (const pack of packs) {
    try {
      await importResolution(mirror, pack)
    } catch (error) {
      if (!(error instanceof UndriftError) || error.code !== 'UNDRIFT_E_INPUT') throw error
    }
  }
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
    const resolution = await inspectResolution(quarantine, pack.oid)
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
