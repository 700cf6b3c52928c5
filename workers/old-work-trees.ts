import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../git/index.ts'

/** No verification lasts this long; a work tree that was not touched since is of one whose worker died. */
const oldMs = 24 * 60 * 60 * 1000

/** Removes the work trees that dead workers left behind and whose attempts went on without them. */
export async function removeOldWorkTrees(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const tree = join(folder, name)
    const touched = await stat(tree).catch(() => null)
    if (touched !== null && now - touched.mtimeMs > oldMs) await removeTree(tree)
  }
}
