import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { assertOid, treeOf } from '../mirror/queries.ts'
import type { Mirror } from '../types.ts'
import { giveObjects } from './own-objects.ts'
import { removeTree } from './remove-tree.ts'
import { fillWorkTree, makeWorkTree } from './work-tree.ts'

/**
 * Makes a work tree of a commit, for verification; one that is there already is thrown away. Its `.git` holds a detached
 * HEAD, an index, objects of its own and upstream's tags (for `git describe`), and neither remotes nor credentials nor
 * hooks. Throws UNDRIFT_E_STACK for a tree that no work tree can be made of.
 */
export async function checkOut(mirror: Mirror, commit: Oid, dir: string): Promise<void> {
  assertOid(commit)
  const tree = await treeOf(mirror, commit)
  await removeTree(dir)
  await makeWorkTree(mirror, { dir, head: commit, objects: 'own' }, async (workTree) => {
    const bring = () => giveObjects(mirror, join(workTree.dir, '.git'), commit)
    await fillWorkTree(workTree, { objects: mirror, tree, bring })
  })
}
