import type { Oid } from '../../domain/patch.ts'
import { linesOf } from '../proof/holds-too.ts'
import { netLines } from '../proof/net-lines.ts'
import { openArrivals, pathsOf } from '../replay/arrivals.ts'
import { compareDiffs } from '../replay/verdicts.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Link } from './linearise.ts'
import { upstreamRange } from './upstream-range.ts'

/**
 * Whether upstream went back on what it seems to have been taken from: then the link may as well be a patch of the
 * fork's own that landed and was reverted, and leaving it out would lose it. So it counts when nothing of it was left
 * once, when none of its lines is left in the target, when one single commit undid all of its lines, or when one single commit had brought all of it and not all of it
 * stayed.
 */
export async function wentBackOn(
  workshop: Workshop,
  link: Link,
  at: { readonly base: Oid; readonly tookIn: Oid; readonly onto: Oid },
): Promise<boolean> {
  const paths = () => pathsOf(workshop, link)
  const { base, tookIn, onto } = at
  if (await isAllGone(workshop, link, onto)) return true
  const { objects } = workshop.quarantine
  const sinceRange = upstreamRange(workshop.quarantine, { base: tookIn, onto }, paths)
  const since = openArrivals(workshop, sinceRange)
  for (const commit of await since.candidates([link]))
    if (await appliesWhole(workshop, link, (await objects.commit(commit)).tree)) return true
  if (await isUndoneBy(workshop, link, (await sinceRange.touching(await paths())).slice(-mostCommits)))
    return true
  const arrivals = openArrivals(workshop, upstreamRange(workshop.quarantine, { base, onto }, paths))
  const commits = await arrivals.candidates([link])
  const last = (await arrivals.among(commits, link)).at(-1)
  const [parent] = last === undefined ? [] : (await objects.commit(last)).parents
  if (last === undefined || parent === undefined) return false
  if (!(await appliesWhole(workshop, link, (await objects.commit(parent)).tree))) return false
  return arrivals.takenBack(link, last, commits)
}

/** Whether no line that the change adds stands in the target's files of the same paths. */
async function isAllGone(workshop: Workshop, link: Link, onto: Oid): Promise<boolean> {
  const own = await workshop.plain.diff(link.before, link.after)
  const added = [...netLines(own)].filter(([, count]) => count > 0)
  if (added.length === 0) return false
  const { tree } = await workshop.quarantine.objects.commit(onto)
  const there = await linesOf(
    workshop,
    tree,
    own.map(({ path }) => path),
  )
  return added.every(([line]) => !there.has(line))
}

/** More commits after what was taken in are not compared with it. */
const mostCommits = 200

/** Whether one of the commits takes away all that the change adds, and adds all that it takes away. */
async function isUndoneBy(workshop: Workshop, link: Link, commits: readonly Oid[]): Promise<boolean> {
  const { plain, quarantine } = workshop
  const wanted = [...netLines(await plain.diff(link.before, link.after))]
  if (wanted.length === 0) return false
  for (const oid of commits) {
    const { tree, parents } = await quarantine.objects.commit(oid)
    const [parent] = parents
    if (parent === undefined) continue
    const net = netLines(await plain.diff((await quarantine.objects.commit(parent)).tree, tree))
    const isUndone = ([line, count]: readonly [string, number]) =>
      count > 0 ? (net.get(line) ?? 0) <= -count : (net.get(line) ?? 0) >= -count
    if (wanted.every(isUndone)) return true
  }
  return false
}

/** Whether all of the change can be made on a tree: nothing of it is there. */
async function appliesWhole({ merger, plain }: Workshop, link: Link, tree: Oid): Promise<boolean> {
  const made = await merger.tryMerge(link.before, tree, link.after)
  if (made === null || made === tree) return false
  const [own, now] = await Promise.all([plain.diff(link.before, link.after), plain.diff(tree, made)])
  return compareDiffs(own, now).verdict !== 'merged'
}
