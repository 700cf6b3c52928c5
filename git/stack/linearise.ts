import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { contains, mergeBase } from '../mirror/queries.ts'
import { type CommitObject, dateOf, subjectOf } from '../objects/commit-object.ts'
import { favour } from '../replay/favour.ts'
import { prepareMerges } from '../replay/prepare.ts'
import type { Workshop } from '../replay/workshop.ts'
import { foreseeLine } from './foresee-line.ts'

/** One commit of the fork as a step from tree to tree. Invariant: a link begins at the tree where the one before ends. */
export interface Link {
  readonly oid: Oid
  readonly commit: CommitObject
  readonly before: Oid
  readonly after: Oid
  /** Set where the link stands for what only a merge commit holds. */
  readonly isMerge: boolean
  /** The upstream commit whose content the commit took in, where that was proved and taken out of it. */
  readonly tookIn?: Oid
  /** The commit of the fork, most often a merge, that brought upstream in and left nothing of this one. */
  readonly emptiedBy?: Oid
  /** Set where upstream has the commit, too, in a tag or branch that the target lacks. */
  readonly isShared?: boolean
}

/** A fork's history in one line on top of one upstream commit. */
export interface Chain {
  /** The upstream commit that the fork stands on: what it merged last. */
  readonly base: Oid
  /** The upstream commit that it stood on first. */
  readonly oldest: Oid
  readonly links: readonly Link[]
  /** Merges that hold nothing of their own. */
  readonly merges: readonly Oid[]
  readonly tree: Oid
  /** Every upstream commit that it stood on until then. */
  readonly stoodOn: ReadonlySet<Oid>
}

/**
 * Brings the fork's history into one line: branches at the place of their merge, first parent first, and everything on
 * top of the upstream commit that was merged last. Invariant: at every commit of the first-parent line the chain's
 * tree is the commit's own, so the last one is the head's.
 * Throws UNDRIFT_E_STACK and names the merge where there is no such line.
 */
export async function linearise(
  workshop: Workshop,
  ends: { readonly head: Oid; readonly onto: Oid },
  parents: ReadonlyMap<Oid, readonly Oid[]>,
): Promise<Chain> {
  const { objects } = workshop.quarantine
  // All at once: asked for one by one, each would wait for the one before.
  await Promise.all([...parents.keys()].map((oid) => objects.commit(oid)))
  await foreseeLine(workshop, ends.head, parents)
  const known = new Map<Oid, Chain>()

  const chainOf = async (tip: Oid, by: Oid | null): Promise<Chain> => {
    const spine: Oid[] = []
    let at = tip
    while (parents.has(at) && !known.has(at)) {
      spine.push(at)
      const [first] = parents.get(at) ?? []
      if (first === undefined)
        throw await refusal(
          workshop,
          by ?? at,
          `joins a history that is not upstream's: it begins with ${at}`,
        )
      at = first
    }
    let chain = known.get(at) ?? (await standing(at))
    for (const oid of spine.reverse()) {
      const commit = await objects.commit(oid)
      chain = commit.parents.length > 1 ? await joined(oid, commit, chain) : step(oid, commit, chain)
      if (commit.parents.length > 1) known.set(oid, chain)
    }
    // Branches fork off anywhere; only their tips and the merges are worth remembering.
    known.set(tip, chain)
    return chain
  }
  const standing = async (upstream: Oid): Promise<Chain> => {
    const { tree } = await objects.commit(upstream)
    return { base: upstream, oldest: upstream, links: [], merges: [], tree, stoodOn: new Set([upstream]) }
  }
  const step = (oid: Oid, commit: CommitObject, chain: Chain): Chain => {
    const link: Link = { oid, commit, before: chain.tree, after: commit.tree, isMerge: false }
    return { ...chain, links: [...chain.links, link], tree: commit.tree }
  }
  const joined = async (oid: Oid, commit: CommitObject, first: Chain): Promise<Chain> => {
    let chain = first
    for (const parent of commit.parents.slice(1)) {
      const other = await chainOf(parent, oid)
      const { base, areStrangers } = await newerBase(workshop, chain, other, !parents.has(parent))
      const pair = { one: chain.base, other: other.base, onto: ends.onto }
      const both = areStrangers ? await treeOfBoth(workshop, pair) : null
      if (base !== chain.base || both !== null)
        chain = await restack(workshop, chain, base, { on: both, by: oid })
      const had = new Set([...chain.links.map((link) => link.oid), ...chain.merges])
      const added = other.links.filter((link) => !had.has(link.oid))
      chain = await append(workshop, chain, added, oid)
      chain = { ...chain, merges: [...chain.merges, ...other.merges.filter((merge) => !had.has(merge))] }
      chain = { ...chain, stoodOn: new Set([...first.stoodOn, ...chain.stoodOn, ...other.stoodOn]) }
    }
    if (chain.tree === commit.tree) return { ...chain, merges: [...chain.merges, oid] }
    const link: Link = { oid, commit, before: chain.tree, after: commit.tree, isMerge: true }
    return { ...chain, links: [...chain.links, link], tree: commit.tree }
  }
  return chainOf(ends.head, null)
}

/** The base after a merge: of two, the one that holds the other; of strangers, what upstream's side brought. */
async function newerBase(
  workshop: Workshop,
  chain: Chain,
  other: Chain,
  isUpstream: boolean,
): Promise<{ readonly base: Oid; readonly areStrangers: boolean }> {
  const [one, two] = [chain.base, other.base]
  if (one === two) return { base: one, areStrangers: false }
  const { quarantine } = workshop
  if (await contains(quarantine, { ancestor: two, descendant: one }))
    return { base: one, areStrangers: false }
  if (await contains(quarantine, { ancestor: one, descendant: two }))
    return { base: two, areStrangers: false }
  // Release branches of one upstream do not hold each other; the one that is merged last is what the fork stands on.
  if (isUpstream || other.stoodOn.has(one)) return { base: two, areStrangers: true }
  if (chain.stoodOn.has(two)) return { base: one, areStrangers: false }
  // Neither branch has been where the other stands: the newer release counts, and the merge holds what that leaves out.
  const [mine, theirs] = await Promise.all([one, two].map((oid) => dateIn(workshop, oid)))
  return { base: (theirs ?? 0) > (mine ?? 0) ? two : one, areStrangers: true }
}

async function dateIn(workshop: Workshop, oid: Oid): Promise<number> {
  return Number(dateOf((await workshop.quarantine.objects.commit(oid)).committer).split(' ')[0])
}

/**
 * What two upstream commits come to together, of which neither holds the other and the target holds both: after a
 * criss-cross the fork stands on both. Null where the target lacks one, or where they clash.
 */
async function treeOfBoth(
  workshop: Workshop,
  { one, other, onto }: { readonly one: Oid; readonly other: Oid; readonly onto: Oid },
): Promise<Oid | null> {
  const { quarantine, merger } = workshop
  for (const each of [one, other])
    if (!(await contains(quarantine, { ancestor: each, descendant: onto }))) return null
  const common = await mergeBase(quarantine, one, other)
  if (common === null) return null
  const trees = await Promise.all(
    [common, one, other].map(async (oid) => (await quarantine.objects.commit(oid)).tree),
  )
  return merger.tryMerge(trees[0] ?? '', trees[1] ?? '', trees[2] ?? '')
}

/** The same links on top of another upstream commit, or on a tree that it is part of; `by` is the merge that asks for it. */
async function restack(
  workshop: Workshop,
  chain: Chain,
  base: Oid,
  { on = null, by = null }: { readonly on?: Oid | null; readonly by?: Oid | null } = {},
): Promise<Chain> {
  const tree = on ?? (await workshop.quarantine.objects.commit(base)).tree
  return append(workshop, { ...chain, base, links: [], tree }, chain.links, by)
}

/** The same links on top of another upstream commit; null where one of them clashes there. */
export async function restackCleanly(
  workshop: Workshop,
  chain: Chain,
  { base, by }: { readonly base: Oid; readonly by: Oid },
): Promise<Chain | null> {
  const start = (await workshop.quarantine.objects.commit(base)).tree
  let tree = start
  for (const link of chain.links) {
    const merged = await workshop.merger.tryMerge(link.before, tree, link.after)
    if (merged === null) return null
    tree = merged
  }
  return restack(workshop, chain, base, { by })
}

/** Puts links on top of a chain. Where one clashes, the chain wins: the merge that settled it corrects that. */
async function append(
  workshop: Workshop,
  chain: Chain,
  links: readonly Link[],
  by: Oid | null = null,
): Promise<Chain> {
  const moved: Link[] = [...chain.links]
  let { tree } = chain
  await prepareMerges(workshop, links, tree)
  for (const link of links) {
    const merge = await workshop.merger.merge(link.before, tree, link.after)
    const after =
      merge.kind === 'clean' ? merge.tree : await favour(workshop, { ...merge, ours: tree }, 'ours')
    const isEmptied = by !== null && tree === after && link.before !== link.after
    moved.push({ ...link, before: tree, after, ...(isEmptied ? { emptiedBy: by } : {}) })
    tree = after
  }
  return { ...chain, links: moved, tree }
}

async function refusal(workshop: Workshop, oid: Oid, why: string): Promise<UndriftError> {
  const commit = await workshop.quarantine.objects.commit(oid)
  return new UndriftError('UNDRIFT_E_STACK', `Commit ${oid} (${subjectOf(commit)}) ${why}.`, {
    hint: 'Rebase the fork onto the upstream commit that it stands on, or give --base.',
  })
}
