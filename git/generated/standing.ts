import { lstat } from 'node:fs/promises'
import { type Bytes, fromBytes } from '../objects/bytes.ts'

/** What stands at a path of a work tree. */
export interface Standing {
  readonly path: Bytes
  readonly kind:
    | 'file'
    | 'gone'
    | 'a symbolic link'
    | 'behind a symbolic link'
    | 'a folder'
    | 'no regular file'
  /** In bytes; 0 for what is no file. */
  readonly size: number
}

/** Looks at paths name by name from the work tree's root, so that no symlink is followed. */
export async function standingsOf(dir: string, paths: readonly Bytes[]): Promise<readonly Standing[]> {
  const folders = new Map<Bytes, Promise<'folder' | 'link' | 'none'>>()
  const look = (path: Bytes) =>
    lstat(Buffer.concat([Buffer.from(`${dir}/`), fromBytes(path)])).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
      throw error
    })
  const folder = (path: Bytes): Promise<'folder' | 'link' | 'none'> => {
    if (path === '') return Promise.resolve('folder')
    const known = folders.get(path)
    if (known) return known
    const found = folder(parentOf(path)).then(async (above) => {
      if (above !== 'folder') return above
      const entry = await look(path)
      if (entry?.isSymbolicLink()) return 'link'
      return entry?.isDirectory() ? 'folder' : 'none'
    })
    folders.set(path, found)
    return found
  }
  const standing = async (path: Bytes): Promise<Standing> => {
    const above = await folder(parentOf(path))
    if (above === 'link') return { path, kind: 'behind a symbolic link', size: 0 }
    const entry = above === 'none' ? null : await look(path)
    if (!entry) return { path, kind: 'gone', size: 0 }
    if (entry.isFile()) return { path, kind: 'file', size: entry.size }
    if (entry.isSymbolicLink()) return { path, kind: 'a symbolic link', size: 0 }
    return { path, kind: entry.isDirectory() ? 'a folder' : 'no regular file', size: 0 }
  }
  const standings: Standing[] = []
  for (const path of paths) standings.push(await standing(path))
  return standings
}

function parentOf(path: Bytes): Bytes {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}
