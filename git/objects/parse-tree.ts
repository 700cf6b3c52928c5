import type { Oid } from '../../domain/patch.ts'
import { type Bytes, toBytes } from './bytes.ts'
import { hostilePath, namedTwice } from './hostile.ts'
import type { ObjectFormat } from './objects.ts'
import type { TreeEntry } from './tree.ts'

/** An entry as its bytes stand in a tree, read once. */
interface Known {
  readonly name: Bytes
  readonly entry: TreeEntry
}

/** More different entries than this are forgotten together, and read again. */
const mostKnown = 50_000

/**
 * Reads raw tree objects. The versions of one folder share nearly all of their entries: each is kept once, which is quick
 * and needs a fraction of the room. Throws UNDRIFT_E_STACK for a name that stands in a tree twice, that is empty or that
 * holds a slash: what one program reads there is not what another one does.
 */
export function treeParser(
  format: ObjectFormat,
): (tree: Oid, body: Uint8Array) => ReadonlyMap<Bytes, TreeEntry> {
  const idLength = format === 'sha1' ? 20 : 32
  let known = new Map<Bytes, Known>()
  const parseEntry = (record: Buffer): Known => {
    const space = record.indexOf(0x20)
    const end = record.indexOf(0, space)
    // Each of these is a string of its own: a part of a longer one would keep the whole tree in memory.
    const name = record.toString('latin1', space + 1, end)
    // Old tools wrote a folder's mode with a zero before it.
    const mode = record.toString('latin1', 0, space).replace(/^0+/, '')
    return { name, entry: { mode, oid: record.toString('hex', end + 1) } }
  }
  return (tree, body) => {
    const bytes = toBytes(body)
    const entries = new Map<Bytes, TreeEntry>()
    let at = 0
    while (at < bytes.length) {
      const space = bytes.indexOf(' ', at)
      const end = bytes.indexOf('\0', space)
      if (space === -1 || end === -1) break
      const next = end + 1 + idLength
      let found = known.get(bytes.slice(at, next))
      if (!found) {
        const record = Buffer.from(body.buffer, body.byteOffset + at, Math.min(next, body.length) - at)
        found = parseEntry(record)
        if (known.size >= mostKnown) known = new Map()
        known.set(record.toString('latin1'), found)
      }
      const { name, entry } = found
      // Whoever reads whole paths takes such a name for a folder and a file.
      if (name === '' || name.includes('/')) throw hostilePath(`The tree ${tree}`, name)
      if (entries.has(name)) throw namedTwice(`The tree ${tree}`, name)
      entries.set(name, entry)
      at = next
    }
    return entries
  }
}
