import type { Oid } from '../../domain/patch.ts'
import { openArrivals, pathsOf } from '../replay/arrivals.ts'
import { compareDiffs } from '../replay/verdicts.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Link } from './linearise.ts'
import { upstreamRange } from './upstream-range.ts'

/**
 * Whether upstream went back on what it seems to have been taken from: then the link may as well be a patch of the
 * fork's own that landed and was reverted, and leaving it out would lose it. So it counts when nothing of it was left
 * once, or when one single commit had brought all of it and not all of it stayed.
 */
export async function wentBackOn(
  workshop: Workshop,
  link: Link,
  at: { readonly base: Oid; readonly tookIn: Oid; readonly onto: Oid },
): Promise<boolean> {
  const paths = () => pathsOf(workshop, link)
  const { base, tookIn, onto } = at
  const { objects } = workshop.quarantine
  const since = openArrivals(workshop, upstreamRange(workshop.quarantine, { base: tookIn, onto }, paths))
  for (const commit of await since.candidates([link]))
    if (await appliesWhole(workshop, link, (await objects.commit(commit)).tree)) return true
  const arrivals = openArrivals(workshop, upstreamRange(workshop.quarantine, { base, onto }, paths))
  const commits = await arrivals.candidates([link])
  const last = (await arrivals.among(commits, link)).at(-1)
  const [parent] = last === undefined ? [] : (await objects.commit(last)).parents
  if (last === undefined || parent === undefined) return false
  if (!(await appliesWhole(workshop, link, (await objects.commit(parent)).tree))) return false
  return arrivals.takenBack(link, last, commits)
}

/** Whether all of the change can be made on a tree: nothing of it is there. */
async function appliesWhole({ merger, plain }: Workshop, link: Link, tree: Oid): Promise<boolean> {
  const made = await merger.tryMerge(link.before, tree, link.after)
  if (made === null || made === tree) return false
  const [own, now] = await Promise.all([plain.diff(link.before, link.after), plain.diff(tree, made)])
  return compareDiffs(own, now).verdict !== 'merged'
}
