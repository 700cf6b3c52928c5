import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Change } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import type { Workshop } from './workshop.ts'

/** Up to so many commits each is tried; beyond, the range is halved. */
const fewCommits = 24

/**
 * The upstream commit at which a patch stops applying, found in memory: the first one that touches a conflicted path
 * and on which the stack up to the patch, as one lump, still merges where the patch does not. Null when no single
 * commit is to blame.
 */
export async function causeOfConflict(
  workshop: Workshop,
  conflict: { readonly change: Change; readonly paths: readonly Bytes[]; readonly base: Oid },
  range: UpstreamRange,
): Promise<Oid | null> {
  const { objects } = workshop.quarantine
  const { change } = conflict
  const baseTree = (await objects.commit(conflict.base)).tree
  const stopsAt = async (commit: Oid): Promise<boolean> => {
    const { tree } = await objects.commit(commit)
    const lump = await workshop.merger.merge(baseTree, tree, change.before)
    const ours = lump.kind === 'clean' ? lump.tree : tree
    const merge = await workshop.merger.merge(change.before, ours, change.after)
    if (merge.kind === 'clean') return false
    return merge.conflicts.some((one) => conflict.paths.includes(one.path))
  }
  const commits = await range.touching(conflict.paths)
  return firstThat(commits, stopsAt)
}

async function firstThat(
  commits: readonly Oid[],
  holds: (commit: Oid) => Promise<boolean>,
): Promise<Oid | null> {
  let low = 0
  let high = commits.length
  while (high - low > fewCommits) {
    const middle = (low + high) >> 1
    if (await holds(commits[middle] as Oid)) high = middle + 1
    else low = middle + 1
  }
  for (const commit of commits.slice(low, high)) if (await holds(commit)) return commit
  return null
}
