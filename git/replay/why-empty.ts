import type { Oid } from '../../domain/patch.ts'
import { displayPath } from '../objects/bytes.ts'
import { netLines } from '../proof/net-lines.ts'
import type { Change } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { pathsOf } from './arrivals.ts'
import { ownTrees } from './own-diff.ts'
import type { Workshop } from './workshop.ts'

const mostCommits = 100
const mostNamed = 3

/** Why nothing is left of a patch that upstream alone does not have: the commits that already make its changes. */
export async function whyEmpty(
  workshop: Workshop,
  change: Change,
  from: { readonly earlier: readonly Change[]; readonly range: UpstreamRange; readonly onto: Oid },
): Promise<string> {
  const { plain, quarantine } = workshop
  const wanted = netLines(await plain.diff(change.before, change.after))
  const paths = await pathsOf(workshop, change)
  const open = new Set(wanted.keys())
  const take = async (before: Oid, after: Oid): Promise<boolean> => {
    const done = [...netLines(await plain.diff(before, after))].filter(
      ([line, count]) => open.has(line) && count > 0 === (wanted.get(line) ?? 0) > 0,
    )
    for (const [line] of done) open.delete(line)
    return done.length > 0
  }
  const patches: Oid[] = []
  for (const one of from.earlier) {
    const { before, after } = ownTrees(one)
    if (await take(before, after)) patches.push(one.patch.oid)
  }
  const commits: Oid[] = []
  for (const oid of (await from.range.touching(paths)).slice(-mostCommits).toReversed()) {
    if (open.size === 0) break
    const { tree, parents } = await quarantine.objects.commit(oid)
    const [parent] = parents
    if (parent === undefined) continue
    if (await take((await quarantine.objects.commit(parent)).tree, tree)) commits.push(oid)
  }
  const parts = [
    ...(patches.length > 0 ? [`the patch ${named(patches)}`] : []),
    ...(commits.length > 0 ? [`upstream ${named(commits)}`] : []),
  ]
  if (parts.length > 0) return `Empty: ${parts.join(' and ')} already made the same change.`
  const where = paths.slice(0, mostNamed).map((path) => displayPath(path).text)
  return `Empty: the target ${from.onto.slice(0, 12)} already has the same content in ${where.join(', ')}.`
}

function named(oids: readonly Oid[]): string {
  const shown = oids.slice(0, mostNamed).map((oid) => oid.slice(0, 12))
  return oids.length > mostNamed
    ? `${shown.join(', ')} and ${oids.length - mostNamed} more`
    : shown.join(', ')
}
