import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { assertOid, treeOf } from '../mirror/queries.ts'
import { listRefs } from '../mirror/refs.ts'
import type { Mirror } from '../types.ts'
import { removeTree } from './remove-tree.ts'
import { fillWorkTree, makeWorkTree } from './work-tree.ts'

export interface CheckOut {
  readonly dir: string
  /** The mirror's objects, which must be readable beside the work tree for its `.git` to make sense. */
  readonly objects: string
}

/**
 * Makes a work tree of a commit, for verification; one that is there already is thrown away. Its `.git` holds a
 * detached HEAD, an index and upstream's tags (for `git describe`), and neither remotes nor credentials nor hooks.
 * Throws UNDRIFT_E_STACK for a tree that no work tree can be made of.
 */
export async function checkOut(mirror: Mirror, commit: Oid, dir: string): Promise<CheckOut> {
  assertOid(commit)
  const tree = await treeOf(mirror, commit)
  await removeTree(dir)
  await makeWorkTree(mirror, { dir, head: commit }, async (workTree) => {
    await fillWorkTree(workTree, { objects: mirror, tree })
    await writeFile(join(workTree.dir, '.git', 'packed-refs'), await packedTags(mirror))
  })
  return { dir, objects: join(mirror.path, 'objects') }
}

/** Upstream's tags in the form of git's packed-refs file, which lists them in their order. */
async function packedTags(mirror: Mirror): Promise<string> {
  const tags = await listRefs(mirror, 'refs/upstream/tags')
  const lines = tags.map(({ ref, oid, peeled }) => {
    const line = `${oid} ${ref.replace('refs/upstream/', 'refs/')}\n`
    return peeled === oid ? line : `${line}^${peeled}\n`
  })
  return `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`
}
