import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'

/** A search over a longer history would take longer than the question it spares. */
const mostCommits = 2_000
/** A file that was renamed more often is not followed further. */
const mostMoves = 8

/** Where upstream's files of some paths are now, of those that the target lacks: by the renames of upstream's main line. */
export async function movedPaths(
  workshop: Workshop,
  paths: readonly Bytes[],
  { onto, range }: { readonly onto: Oid; readonly range: UpstreamRange },
): Promise<readonly Bytes[]> {
  const { tree } = await workshop.quarantine.objects.commit(onto)
  const found: Bytes[] = []
  for (const path of paths) {
    let at: Bytes | null = path
    for (let moves = 0; at !== null && moves < mostMoves; moves += 1) {
      if (await isThere(workshop, tree, at)) break
      at = await movedTo(workshop, at, range)
    }
    if (at !== null && at !== path && (await isThere(workshop, tree, at))) found.push(at)
  }
  return found
}

async function isThere({ trees }: Workshop, tree: Oid, path: Bytes): Promise<boolean> {
  return (await trees.lookUp(tree, path)) !== null
}

/** Where the last commit of the main line after which a path is gone has put its file; null where it deleted it. */
async function movedTo(workshop: Workshop, path: Bytes, range: UpstreamRange): Promise<Bytes | null> {
  const { objects } = workshop.quarantine
  const parents = await range.parents()
  let oid = [...parents.keys()].at(-1)
  for (let steps = 0; oid !== undefined && steps < mostCommits; steps += 1) {
    const [parent]: readonly Oid[] = parents.get(oid) ?? []
    if (parent === undefined) return null
    const before = (await objects.commit(parent)).tree
    if (await isThere(workshop, before, path)) {
      const diff = await workshop.shown.diff(before, (await objects.commit(oid)).tree)
      return diff.find((file) => file.oldPath === path && file.path !== path)?.path ?? null
    }
    oid = parents.has(parent) ? parent : undefined
  }
  return null
}
