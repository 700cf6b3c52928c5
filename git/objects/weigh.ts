import { UndriftError } from '../../domain/errors.ts'
import { type Limits, type Weight, weightReason } from '../../domain/limits.ts'
import type { Oid } from '../../domain/patch.ts'
import { endGroup, type Place, startGit } from '../process/command.ts'
import { gitFailure } from '../process/failure.ts'
import { limitsAt } from '../process/limits-at.ts'
import { type Bytes, displayPath, toBytes } from './bytes.ts'
import type { TreeEntry } from './tree.ts'

/** What a tree weighs, and its symlinks. */
export interface TreeWeight {
  /** Files, symlinks, submodules and folders. */
  readonly paths: number
  /** All files. */
  readonly bytes: number
  readonly links: ReadonlyMap<Bytes, TreeEntry>
}

/** A tree cannot hold a path that is longer in any work tree; who writes one wants to fill the memory. */
const longestEntry = 64 * 1024

/**
 * Counts what a commit or tree holds while git lists it, and ends the listing at the first bound. A few small trees that name
 * each other many times make as many paths as one likes. Throws UNDRIFT_E_TOO_HEAVY.
 */
export async function weighTree(place: Place, tree: Oid, limits = limitsAt(place)): Promise<TreeWeight> {
  const argv = ['ls-tree', '-r', '-t', '-l', '-z', '--full-tree', tree]
  const process = startGit(place, argv)
  const signal = place.signal ?? null
  const abort = () => endGroup(process.group)
  signal?.addEventListener('abort', abort, { once: true })
  process.stdin.on('error', () => {})
  process.stdin.end()
  const weight = openWeight(tree, limits)
  try {
    for await (const chunk of process.stdout ?? []) weight.take(chunk as Buffer)
  } catch (error) {
    abort()
    await process.end
    throw error
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  const { code, stderr } = await process.end
  signal?.throwIfAborted()
  if (code !== 0) throw gitFailure(argv, stderr, { code })
  return weight.total()
}

/** Adds up the lines of a listing as they come. */
function openWeight(tree: Oid, limits: Limits) {
  const links = new Map<Bytes, TreeEntry>()
  let [paths, bytes] = [0, 0]
  let rest: Buffer = Buffer.alloc(0)
  const add = (entry: Buffer): void => {
    const tab = entry.indexOf(0x09)
    const [mode = '', type, oid = '', size = ''] = entry.toString('latin1', 0, tab).split(/ +/)
    paths += 1
    if (paths > limits.paths) throw tooHeavy('paths', `${tree} holds more than ${limits.paths} paths`)
    if (type !== 'blob') return
    const weight = Number(size) || 0
    bytes += weight
    if (mode === '120000') {
      const path = toBytes(entry.subarray(tab + 1))
      links.set(path, { mode, oid })
      if (weight > limits.symlinkBytes) {
        const what = `The symlink "${displayPath(path).text.slice(0, 200)}" of ${tree} has a target of ${weight} bytes`
        throw tooHeavy('symlink', `${what}, more than ${limits.symlinkBytes}`)
      }
    }
    if (bytes > limits.checkoutBytes) {
      throw tooHeavy('checkout', `The files of ${tree} weigh more than ${megabytes(limits.checkoutBytes)}`)
    }
  }
  return {
    take: (chunk: Buffer): void => {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let start = 0
      for (let end = all.indexOf(0); end !== -1; end = all.indexOf(0, start)) {
        add(all.subarray(start, end))
        start = end + 1
      }
      rest = all.subarray(start)
      if (rest.length > longestEntry && Number.isFinite(limits.paths)) {
        throw tooHeavy('paths', `${tree} holds a path of more than ${longestEntry} bytes`)
      }
    },
    total: (): TreeWeight => ({ paths, bytes, links }),
  }
}

/** The error about what is larger than its limit. */
export function tooHeavy(weight: Weight, what: string): UndriftError {
  return new UndriftError('UNDRIFT_E_TOO_HEAVY', `${what}.`, {
    hint: `Look at it. Leave the release out, or raise \`limits.${weight}\` of the upstream in the config.`,
    reason: weightReason(weight),
  })
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`
}
