import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { runGit } from '../process/command.ts'
import { pathsOf } from '../replay/landed.ts'
import type { Workshop } from '../replay/workshop.ts'
import { type Chain, type Link, restack } from './linearise.ts'

/** A search over more of upstream's history would take longer than the question it spares. */
const mostCommits = 2_000
/** So many paths are looked at before two whole trees are compared. */
const samples = 3

/**
 * Finds a commit of the fork that took upstream in as a squash, and brings the stack into line on top of what it took
 * in: such a commit carries upstream's changes as if they were the fork's, and they would clash with what upstream made
 * of them since. Null where there is none. Invariant: the chain's last tree stays the head's.
 */
export async function withoutTakenIn(workshop: Workshop, chain: Chain, onto: Oid): Promise<Chain | null> {
  const upstream = await firstParents(workshop, chain.base, onto)
  for (let index = chain.links.length - 1; index >= 0; index -= 1) {
    const link = chain.links[index] as Link
    const before = chain.links.slice(0, index)
    const tookIn = await findTakenIn(workshop, link, { base: chain.base, before, upstream })
    if (tookIn === null) continue
    const prefix = await restack(workshop, { ...chain, links: before }, tookIn)
    const own: Link = { ...link, before: prefix.tree, tookIn }
    return { ...prefix, links: [...prefix.links, own, ...chain.links.slice(index + 1)], tree: chain.tree }
  }
  return null
}

/**
 * The newest upstream commit that equals the link's tree in every path that the patches before it leave alone; new
 * files of the fork do not count. Null where the link brings nothing of upstream's.
 */
async function findTakenIn(
  workshop: Workshop,
  link: Link,
  around: { readonly base: Oid; readonly before: readonly Link[]; readonly upstream: readonly Oid[] },
): Promise<Oid | null> {
  const { trees, quarantine } = workshop
  const own = new Set<Bytes>()
  for (const other of around.before) for (const path of await pathsOf(workshop, other)) own.add(path)
  const brought = (await trees.compare(link.before, link.after)).filter(({ path }) => !own.has(path))
  if (brought.length === 0) return null
  const base = (await quarantine.objects.commit(around.base)).tree
  for (const commit of around.upstream) {
    const { tree } = await quarantine.objects.commit(commit)
    let alike = true
    for (const { path, after } of brought.slice(0, samples)) {
      alike &&= (await trees.lookUp(tree, path))?.oid === after?.oid
    }
    if (!alike) continue
    const rest = (await trees.compare(tree, link.after)).filter(({ path }) => !own.has(path))
    const isNewInFork = async (path: Bytes) => (await trees.lookUp(base, path)) === null
    const strange = await Promise.all(
      rest.map(async ({ path, before }) => before !== null || !(await isNewInFork(path))),
    )
    const isWhole = (await trees.compare(base, tree)).some(({ path }) => !own.has(path))
    if (!strange.includes(true) && isWhole) return commit
  }
  return null
}

/** Upstream's main line between base and target, the newest first. */
async function firstParents(workshop: Workshop, base: Oid, onto: Oid): Promise<readonly Oid[]> {
  const argv = ['rev-list', '--first-parent', `--max-count=${mostCommits}`, onto, `^${base}`]
  const answer = await runGit(workshop.quarantine, argv)
  return answer.stdout.toString('latin1').split('\n').filter(Boolean)
}
