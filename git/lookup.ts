import type { Oid } from '../domain/patch.ts'
import { type Bytes, toBytes } from './bytes.ts'
import type { ObjectFormat, ObjectStore } from './objects.ts'
import type { Entry, TreeEntry } from './tree.ts'

/** What stands at a path of a tree, read through the resident reader; folders count as nothing. */
export async function lookUp(
  place: { readonly objects: ObjectStore; readonly format: ObjectFormat },
  tree: Oid,
  path: Bytes,
): Promise<Entry> {
  let at: TreeEntry = { mode: '40000', oid: tree }
  for (const name of path.split('/')) {
    if (at.mode !== '40000') return null
    const { body } = await place.objects.read(at.oid)
    const entry = parseTreeBody(body, place.format).get(name)
    if (!entry) return null
    at = entry
  }
  return at.mode === '40000' ? null : at
}

/** The entries of a raw tree object. */
function parseTreeBody(body: Uint8Array, format: ObjectFormat): ReadonlyMap<Bytes, TreeEntry> {
  const bytes = toBytes(body)
  const idLength = format === 'sha1' ? 20 : 32
  const entries = new Map<Bytes, TreeEntry>()
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(' ', at)
    const end = bytes.indexOf('\0', space)
    if (space === -1 || end === -1) break
    const oid = Buffer.from(bytes.slice(end + 1, end + 1 + idLength), 'latin1').toString('hex')
    entries.set(bytes.slice(space + 1, end), { mode: bytes.slice(at, space), oid })
    at = end + 1 + idLength
  }
  return entries
}
