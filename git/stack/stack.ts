import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { contains } from '../mirror/queries.ts'
import { type CommitObject, personOf, subjectOf } from '../objects/commit-object.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { runGit } from '../process/command.ts'
import { inWorkshop, type Workshop } from '../replay/workshop.ts'
import type { Mirror, Patch, Stack } from '../types.ts'
import { type Chain, linearise } from './linearise.ts'
import { type History, noOwnership, type Ownership, tellOwnership } from './upstream-own.ts'

export interface StackQuery {
  readonly head: Oid
  /** The upstream commit to move to; what it has is not of the stack. */
  readonly onto: Oid
  /** A base that is known or given; what it has is not of the stack either. */
  readonly base?: Oid
}

/** Reads the ordered patches between the upstream commit that the fork stands on and its head. */
export function readStack(mirror: Mirror, query: StackQuery): Promise<Stack> {
  const read = async (workshop: Workshop): Promise<Stack> => {
    const chain = await readChain(workshop, query, [])
    const { base, oldest, merges, ownership } = chain
    const patches = chain.links.map((link) => patchOf(link.oid, link.commit))
    return { base, head: query.head, patches, oldest, merges, ownership }
  }
  return inWorkshop(mirror, read, { attributesOf: query.onto })
}

/** A fork's history in one line, and what of it is upstream's own. */
export interface OwnChain extends Chain {
  readonly ownership: Ownership
}

/**
 * The fork's history in one line. What the target has bounds it, and `given` commits that whoever asks calls upstream's;
 * upstream's refs only tell whose a commit is. Invariant: every commit between those bounds and the head is a link, a
 * merge, or one of the `upstreams` that are left out.
 */
export async function readChain(
  workshop: Workshop,
  query: StackQuery,
  given: readonly Oid[],
): Promise<OwnChain> {
  const { quarantine } = workshop
  const { head, onto } = query
  let history = await readHistory(quarantine, query, given)
  // Upstream's repository may hold the fork itself; that says nothing of what the target has.
  if (history.size === 0 && !(await contains(quarantine, { ancestor: head, descendant: onto })))
    history = await readHistory(quarantine, query, await withoutHead(quarantine, head, given))
  const ownership = await tellOwnership(quarantine, history, { head, onto })
  const upstreams = new Set(ownership.upstreams.map(({ oid }) => oid))
  const ours = new Map([...history].filter(([oid]) => !upstreams.has(oid)))
  const chain = await linearise(workshop, query, ours)
  assertAllTold(history, chain, upstreams)
  return withOwnership(chain, ownership)
}

function withOwnership(chain: Chain, ownership: Ownership): OwnChain {
  const { shared } = ownership
  const links = chain.links.map((link) => (shared.has(link.oid) ? { ...link, isShared: true } : link))
  return { ...chain, links, ownership }
}

/** Invariant: no commit of the fork's branch is lost between its history and the line that is replayed. */
function assertAllTold(history: History, chain: Chain, upstreams: ReadonlySet<Oid>): void {
  const told = new Set([...chain.links.map(({ oid }) => oid), ...chain.merges, ...upstreams])
  const lost = [...history.keys()].find((oid) => !told.has(oid))
  if (lost === undefined) return
  throw new UndriftError('UNDRIFT_E_INTERNAL', `Commit ${lost} of the fork is neither a patch nor a merge.`)
}

/** The chain of a stack that was read before, perhaps by another process. */
export async function rereadChain(workshop: Workshop, stack: Stack, onto: Oid): Promise<OwnChain> {
  const { objects } = workshop.quarantine
  const oids = [...stack.patches.map((patch) => patch.oid), ...(stack.merges ?? [])]
  const parents = new Map<Oid, readonly Oid[]>()
  for (const oid of oids) parents.set(oid, (await objects.commit(oid)).parents)
  const chain = await linearise(workshop, { head: stack.head, onto }, parents)
  return withOwnership(chain, stack.ownership ?? noOwnership)
}

async function withoutHead(
  quarantine: Quarantine,
  head: Oid,
  given: readonly Oid[],
): Promise<readonly Oid[]> {
  const kept: Oid[] = []
  for (const oid of given) {
    if (!(await contains(quarantine, { ancestor: head, descendant: oid }))) kept.push(oid)
  }
  return kept
}

export const historyArgv = ['rev-list', '--topo-order', '--reverse', '--parents', '--stdin']

/** The commits that are reachable from the head and from nothing that upstream has, with their parents. */
async function readHistory(
  quarantine: Quarantine,
  query: StackQuery,
  given: readonly Oid[],
): Promise<ReadonlyMap<Oid, readonly Oid[]>> {
  const bounds = [query.onto, ...(query.base === undefined ? [] : [query.base]), ...given]
  const answer = await runGit(quarantine, historyArgv, {
    stdin: [query.head, ...bounds.map((oid) => `^${oid}`), ''].join('\n'),
  })
  const lines = answer.stdout.toString('latin1').split('\n').filter(Boolean)
  const parents = new Map(
    lines.map((line) => {
      const [oid = '', ...rest] = line.split(' ')
      return [oid, rest] as const
    }),
  )
  for (const oid of parents.keys()) if (quarantine.shallow.has(oid)) throw shallowHistory(oid)
  return parents
}

/** The error for a history that ends before the stack does. */
export function shallowHistory(oid: Oid): UndriftError {
  return new UndriftError('UNDRIFT_E_STACK', `The history is shallow: the parents of ${oid} are missing.`, {
    hint: 'Fetch the whole history with `git fetch --unshallow`.',
  })
}

/** One commit of the stack as a patch against its first parent. */
export function patchOf(oid: Oid, commit: CommitObject): Patch {
  const [parent = ''] = commit.parents
  const author = personOf(commit.author, commit.encoding)
  return {
    oid,
    tree: commit.tree,
    parent,
    subject: subjectOf(commit),
    authorName: author.name,
    authorEmail: author.email,
  }
}
