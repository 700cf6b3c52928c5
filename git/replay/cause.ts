import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { TreeEntry } from '../objects/tree.ts'
import type { Change } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { pathsOf } from './arrivals.ts'
import type { FileMerge } from './merger.ts'
import type { Workshop } from './workshop.ts'

/** Up to so many commits each is tried; beyond, upstream's line is halved. */
const fewCommits = 24

/**
 * The upstream commit at which a patch stops applying, found in memory: the first one on which the stack up to the
 * patch, as one lump, still merges where the patch does not. Where few commits touch the patch's paths, those are
 * tried; else, and where none of them is it (a folder that moved, a merge that changed something itself), upstream's
 * line is halved, and the branch of the merge at which it happens after it. Null when no single commit is to blame.
 * Throws the signal's reason when it is aborted.
 */
export async function causeOfConflict(
  workshop: Workshop,
  conflict: { readonly change: Change; readonly paths: readonly Bytes[]; readonly base: Oid },
  { range, signal }: { readonly range: UpstreamRange; readonly signal: AbortSignal },
): Promise<Oid | null> {
  const { objects } = workshop.quarantine
  const { change } = conflict
  const baseTree = (await objects.commit(conflict.base)).tree
  const stopsAt = async (commit: Oid): Promise<boolean> => {
    signal.throwIfAborted()
    const { tree } = await objects.commit(commit)
    const told = await clashesByFile(workshop, { change, paths: conflict.paths, baseTree, tree })
    if (told !== null) return told
    const lump = await workshop.merger.merge(baseTree, tree, change.before)
    const ours = lump.kind === 'clean' ? lump.tree : tree
    const merge = await workshop.merger.merge(change.before, ours, change.after)
    if (merge.kind === 'clean') return false
    return merge.conflicts.some((one) => conflict.paths.includes(one.path))
  }
  const commits = await range.touching([...conflict.paths, ...(await pathsOf(workshop, change))])
  const first = commits.length > fewCommits ? null : await firstOf(commits, stopsAt)
  if (first !== null) {
    const [parent] = (await objects.commit(first)).parents
    // What came before may have done it without touching a path of the patch.
    if (parent === undefined || !(await stopsAt(parent))) return first
  }
  return firstOnLine(range, stopsAt)
}

/**
 * Whether the patch clashes at a tree, told by the files in conflict alone; null where more than their contents matters.
 * A file that all sides have under its name is merged by its content, whatever else moved.
 */
async function clashesByFile(
  { trees, merger }: Workshop,
  at: {
    readonly change: Change
    readonly paths: readonly Bytes[]
    readonly baseTree: Oid
    readonly tree: Oid
  },
): Promise<boolean | null> {
  const { before: from, after: to } = at.change
  const files: { readonly path: Bytes; readonly lump: FileMerge; readonly after: TreeEntry }[] = []
  for (const path of at.paths) {
    const [start, before, after, ours] = await Promise.all(
      [at.baseTree, from, to, at.tree].map((tree) => trees.lookUp(tree, path)),
    )
    if (!start || !before || !after || !ours) return null
    files.push({ path, lump: { path, before: start, ours, after: before }, after })
  }
  const lumps = await merger.mergeFiles(files.map(({ lump }) => lump))
  if (lumps.includes('undecided')) return null
  const results = await merger.mergeFiles(
    files.map(({ path, lump, after }, index) => {
      const lumped = lumps[index]
      // Where the stack up to the patch does not fit, the patch is tried by itself.
      const ours = lumped === undefined || typeof lumped === 'string' ? lump.ours : lumped
      return { path, before: lump.after, ours, after }
    }),
  )
  if (results.includes('clash')) return true
  return results.includes('undecided') ? null : false
}

async function firstOf(
  commits: readonly Oid[],
  holds: (commit: Oid) => Promise<boolean>,
): Promise<Oid | null> {
  for (const commit of commits) if (await holds(commit)) return commit
  return null
}

/**
 * Halves upstream's first-parent line, on which each commit holds what came before, and goes into the branch of a
 * merge that brought it. A list of all commits could not be halved: one of a branch knows nothing of its neighbours.
 */
async function firstOnLine(
  range: UpstreamRange,
  stopsAt: (commit: Oid) => Promise<boolean>,
): Promise<Oid | null> {
  const parents = await range.parents()
  const known = new Set<Oid>()
  let tip: Oid | undefined = [...parents.keys()].at(-1)
  let found: Oid | null = null
  while (tip !== undefined) {
    const line: Oid[] = []
    for (let at: Oid | undefined = tip; at !== undefined && !known.has(at); at = parents.get(at)?.[0]) {
      if (!parents.has(at)) break
      line.push(at)
    }
    line.reverse()
    const first = line[await firstThat(line, stopsAt)]
    if (first === undefined) return found
    found = first
    for (const oid of line.slice(0, line.indexOf(first))) known.add(oid)
    const branches = (parents.get(first) ?? []).slice(1)
    tip = undefined
    for (const branch of branches) {
      if (tip === undefined && parents.has(branch) && (await stopsAt(branch))) tip = branch
    }
  }
  return found
}

/** Where in a list, of which the last does if any does, the first is that stops it; its length when none does. */
async function firstThat(commits: readonly Oid[], holds: (commit: Oid) => Promise<boolean>): Promise<number> {
  const last = commits.at(-1)
  if (last === undefined || !(await holds(last))) return commits.length
  let [low, high] = [0, commits.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (await holds(commits[middle] as Oid)) high = middle
    else low = middle + 1
  }
  return low
}
