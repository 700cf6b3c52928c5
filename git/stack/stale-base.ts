import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import { runGit } from '../process/command.ts'
import { pathsOf } from '../replay/arrivals.ts'
import type { Workshop } from '../replay/workshop.ts'
import { type Chain, type Link, restackCleanly } from './linearise.ts'

/** A search over more of upstream's history would take longer than the question it spares. */
const mostCommits = 2_000
/** So many paths are looked at before two whole trees are compared. */
const samples = 3
const mostWitnesses = 12

/**
 * Finds a commit of the fork that took upstream in as a squash, and brings the stack into line on top of what it took
 * in: such a commit carries upstream's changes as if they were the fork's, and they would clash with what upstream made
 * of them since. Null where there is none. Invariant: the commit's tree is proved to be the merge of that upstream commit
 * into the stack before it, on every path that upstream changed; the patches before it apply on it without a clash; and
 * the chain's last tree stays the head's.
 */
export async function withoutTakenIn(
  workshop: Workshop,
  chain: Chain,
  { onto, isDoubtful }: TakenInOptions,
): Promise<Chain | null> {
  const upstream = await firstParents(workshop, chain.base, onto)
  const firstTouch = await firstTouches(workshop, chain.links)
  const witnesses: Bytes[] = []
  for (let index = chain.links.length - 1; index >= 0; index -= 1) {
    const link = chain.links[index] as Link
    const before = chain.links.slice(0, index)
    const isOwn = (path: Bytes) => (firstTouch.get(path) ?? index) < index
    const tookIn = await findTakenIn(workshop, link, { base: chain.base, isOwn, upstream, witnesses })
    if (tookIn === null || !(await isProvedMerge(workshop, link, { base: chain.base, tookIn }))) continue
    if (await isDoubtful(link, tookIn)) continue
    const prefix = await restackCleanly(workshop, { ...chain, links: before }, { base: tookIn, by: link.oid })
    if (prefix === null) continue
    const own: Link = { ...link, before: prefix.tree, tookIn }
    return { ...prefix, links: [...prefix.links, own, ...chain.links.slice(index + 1)], tree: chain.tree }
  }
  return null
}

/** Whether a link's tree is upstream's commit merged into the tree before it, on every path that upstream changed. */
async function isProvedMerge(
  { trees, merger, quarantine }: Workshop,
  link: Link,
  ends: { readonly base: Oid; readonly tookIn: Oid },
): Promise<boolean> {
  const [base, taken] = await Promise.all(
    [ends.base, ends.tookIn].map(async (oid) => (await quarantine.objects.commit(oid)).tree),
  )
  if (base === undefined || taken === undefined) return false
  const merged = await merger.tryMerge(base, link.before, taken)
  if (merged === null) return false
  const changed = new Set((await trees.compare(base, taken)).map(({ path }) => path))
  return (await trees.compare(merged, link.after)).every(({ path }) => !changed.has(path))
}

export interface TakenInOptions {
  readonly onto: Oid
  /** Whether a commit may be something else than upstream's content of the commit that it equals. */
  readonly isDoubtful: (link: Link, tookIn: Oid) => Promise<boolean>
}

/** Every path of the stack with the place of the first patch that touches it. */
async function firstTouches(workshop: Workshop, links: readonly Link[]): Promise<ReadonlyMap<Bytes, number>> {
  const first = new Map<Bytes, number>()
  for (const [index, link] of links.entries()) {
    for (const path of await pathsOf(workshop, link)) if (!first.has(path)) first.set(path, index)
  }
  return first
}

interface Around {
  readonly base: Oid
  /** Whether a patch before the link touches a path. */
  readonly isOwn: (path: Bytes) => boolean
  readonly upstream: readonly Oid[]
  /** Paths that ruled commits out lately: they will rule out most of the others, and spare comparing whole trees. */
  readonly witnesses: Bytes[]
}

/**
 * The newest upstream commit that equals the link's tree in every path that the patches before it leave alone; new
 * files of the fork do not count. Null where the link brings nothing of upstream's.
 */
async function findTakenIn(workshop: Workshop, link: Link, around: Around): Promise<Oid | null> {
  const { trees, quarantine } = workshop
  const { isOwn, upstream } = around
  const brought = (await trees.compare(link.before, link.after)).filter(({ path }) => !isOwn(path))
  if (brought.length === 0) return null
  const base = (await quarantine.objects.commit(around.base)).tree
  for (const commit of upstream) {
    const { tree } = await quarantine.objects.commit(commit)
    let alike = true
    for (const { path, after } of brought.slice(0, samples)) {
      alike &&= (await trees.lookUp(tree, path))?.oid === after?.oid
    }
    if (!alike || (await isStrange(workshop, { base, tree, after: link.after }, around))) continue
    if ((await trees.compare(base, tree)).some(({ path }) => !isOwn(path))) return commit
  }
  return null
}

/** Whether an upstream tree and a link's tree differ in a path that neither the patches before it touch nor the fork added. */
async function isStrange(
  { trees }: Workshop,
  at: { readonly base: Oid; readonly tree: Oid; readonly after: Oid },
  { isOwn, witnesses }: Around,
): Promise<boolean> {
  const isNewInFork = async (path: Bytes, there: Entry) =>
    there === null && (await trees.lookUp(at.base, path)) === null
  for (const [index, path] of witnesses.entries()) {
    if (isOwn(path)) continue
    const [there, now] = [await trees.lookUp(at.tree, path), await trees.lookUp(at.after, path)]
    if (there?.oid === now?.oid && there?.mode === now?.mode) continue
    if (await isNewInFork(path, there)) continue
    witnesses.unshift(...witnesses.splice(index, 1))
    return true
  }
  for (const { path, before } of await trees.compare(at.tree, at.after)) {
    if (isOwn(path) || (await isNewInFork(path, before))) continue
    witnesses.unshift(path)
    witnesses.splice(mostWitnesses)
    return true
  }
  return false
}

/** Upstream's main line between base and target, the newest first. */
async function firstParents(workshop: Workshop, base: Oid, onto: Oid): Promise<readonly Oid[]> {
  const argv = ['rev-list', '--first-parent', `--max-count=${mostCommits}`, onto, `^${base}`]
  const answer = await runGit(workshop.quarantine, argv)
  return answer.stdout.toString('latin1').split('\n').filter(Boolean)
}
