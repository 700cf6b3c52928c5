import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree, removingEnding } from '../git/index.ts'

/** No verification lasts this long; a work tree that was not touched since is of one whose worker died. */
const oldMs = 24 * 60 * 60 * 1000

/**
 * Removes the work trees that dead workers left behind and whose attempts went on without them, and what could not be
 * removed before. Tells which could not be removed now; one that resists keeps nobody from removing the others.
 */
export async function removeOldWorkTrees(folder: string, now: number): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => [])
  const left: string[] = []
  for (const name of names) {
    const tree = join(folder, name)
    // Of the times of a folder, what lies in it can set all but this one.
    const changed = (await lstat(tree).catch(() => null))?.ctimeMs
    if (changed === undefined) continue
    if (!name.endsWith(removingEnding) && now - changed <= oldMs) continue
    await removeTree(tree).catch(() => {})
    if ((await lstat(tree).catch(() => null)) !== null) left.push(name)
  }
  return left
}
