import type { Oid } from '../../domain/patch.ts'
import { prepareMerges } from '../replay/prepare.ts'
import type { Workshop } from '../replay/workshop.ts'

/** Below this the merges are too few to be worth foreseeing. */
const fewestMerges = 2

/**
 * Merges beforehand, many at a time, what bringing a history with merges into one line will ask for: as if every commit
 * stood on the first one's base, in the order of the line. It only foresees: what it gets wrong is merged when needed.
 */
export async function foreseeLine(
  workshop: Workshop,
  head: Oid,
  parents: ReadonlyMap<Oid, readonly Oid[]>,
): Promise<void> {
  const merges = [...parents.values()].filter((list) => list.length > 1).length
  if (merges < fewestMerges) return
  const { objects } = workshop.quarantine
  const order = lineOf(head, parents)
  const [first] = order
  const base = first === undefined ? undefined : parents.get(first)?.[0]
  if (base === undefined) return
  const changes = await Promise.all(
    order.map(async (oid) => {
      const commit = await objects.commit(oid)
      return { before: (await objects.commit(commit.parents[0] ?? oid)).tree, after: commit.tree }
    }),
  )
  await prepareMerges(workshop, changes, (await objects.commit(base)).tree)
}

/** The commits that are no merges, in the order in which they will stand in one line: first parent first. */
function lineOf(head: Oid, parents: ReadonlyMap<Oid, readonly Oid[]>): readonly Oid[] {
  const order: Oid[] = []
  const seen = new Set<Oid>()
  // What is still to do, the next one last: to go into a commit's history, or to put the commit in line.
  const open: { readonly oid: Oid; readonly isTold: boolean }[] = [{ oid: head, isTold: false }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { oid, isTold } = next
    const own = parents.get(oid)
    if (own === undefined) continue
    if (isTold) {
      if (own.length < 2) order.push(oid)
      continue
    }
    if (seen.has(oid)) continue
    seen.add(oid)
    open.push({ oid, isTold: true }, ...own.toReversed().map((parent) => ({ oid: parent, isTold: false })))
  }
  return order
}
