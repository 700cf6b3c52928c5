import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Diff } from '../replay/differ.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { LandingClaim } from './landing.ts'
import { type NetLines, netLines } from './net-lines.ts'

/**
 * The upstream commit that took a change back; null where upstream only went on from it. Upstream took the very commit
 * back where nothing of it is left; what it brought in another shape, where nothing is left in one of its files.
 */
export function takenBackBy(
  { isTwin = false }: LandingClaim,
  own: Diff,
  { wanted, undone }: { readonly wanted: NetLines; readonly undone: ReadonlyMap<Bytes, Oid> },
): Oid | null {
  const parts = isTwin ? [[...wanted.keys()]] : own.map((file) => [...netLines([file]).keys()])
  const gone = parts.find((lines) => {
    const added = lines.filter((line) => (wanted.get(line) ?? 0) > 0)
    const known = added.length > 0 ? added : lines.filter((line) => wanted.has(line))
    return known.length > 0 && known.every((line) => undone.has(line))
  })
  return gone === undefined ? null : (undone.get(gone.find((line) => undone.has(line)) ?? '') ?? null)
}

/**
 * The upstream commit that undid the whole change in one go and left lines of it undone, or that is the very opposite of
 * a named commit: that upstream took some of it anew later is no going on from what it had taken back.
 */
export async function revertOf(
  workshop: Workshop,
  named: readonly Oid[],
  of: {
    readonly wanted: NetLines
    readonly undone: ReadonlyMap<Bytes, Oid>
    readonly since: readonly Oid[]
  },
): Promise<Oid | null> {
  const netOf = async (oid: Oid) => netLines(await diffOf(workshop, oid))
  const did = await Promise.all(named.map(netOf))
  const left = new Set(of.undone.values())
  for (const oid of of.since) {
    const net = await netOf(oid)
    const undoes = (other: NetLines) =>
      [...other].every(([line, count]) => covers(net.get(line) ?? 0, -count))
    if (left.has(oid) && undoes(of.wanted)) return oid
    if (did.some((other) => other.size === net.size && undoes(other))) return oid
  }
  return null
}

/** Whether what the named commits did includes what the change did. */
export function covers(done: number, wanted: number): boolean {
  return wanted > 0 ? done >= wanted : done <= wanted
}

/** The diff of a commit against its first parent; empty for a root. */
export async function diffOf({ plain, quarantine }: Workshop, oid: Oid): Promise<Diff> {
  const { tree, parents } = await quarantine.objects.commit(oid)
  const [parent] = parents
  return parent === undefined ? [] : plain.diff((await quarantine.objects.commit(parent)).tree, tree)
}
