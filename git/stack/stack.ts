import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { contains } from '../mirror/queries.ts'
import { type CommitObject, personOf, subjectOf } from '../objects/commit-object.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { runGit } from '../process/command.ts'
import { inWorkshop, type Workshop } from '../replay/workshop.ts'
import type { Mirror, Patch, Stack } from '../types.ts'
import { type Chain, linearise } from './linearise.ts'

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
    const chain = await readChain(workshop, query, await followedTags(mirror))
    const patches = chain.links.map((link) => patchOf(link.oid, link.commit))
    return { base: chain.base, head: query.head, patches, oldest: chain.oldest, merges: chain.merges }
  }
  return inWorkshop(mirror, read, { attributesOf: query.onto })
}

/** The fork's history in one line; `followed` are upstream commits that it may have taken in beside the target. */
export async function readChain(
  workshop: Workshop,
  query: StackQuery,
  followed: readonly Oid[],
): Promise<Chain> {
  const { quarantine } = workshop
  const { head, onto } = query
  let parents = await readHistory(quarantine, query, followed)
  // Upstream's repository may hold the fork itself; that says nothing of what the target has.
  if (parents.size === 0 && !(await contains(quarantine, { ancestor: head, descendant: onto })))
    parents = await readHistory(quarantine, query, await withoutHead(quarantine, head, followed))
  return linearise(workshop, query, parents)
}

/** The chain of a stack that was read before, perhaps by another process. */
export async function rereadChain(workshop: Workshop, stack: Stack, onto: Oid): Promise<Chain> {
  const { objects } = workshop.quarantine
  const oids = [...stack.patches.map((patch) => patch.oid), ...(stack.merges ?? [])]
  const parents = new Map<Oid, readonly Oid[]>()
  for (const oid of oids) parents.set(oid, (await objects.commit(oid)).parents)
  return linearise(workshop, { head: stack.head, onto }, parents)
}

/**
 * The tags that are followed. Upstream's branches do not count: one that holds some of the patches, such as a topic that
 * is being reviewed, would take them out of the stack in silence.
 */
export async function followedTags(mirror: Mirror): Promise<readonly Oid[]> {
  const answer = await runGit(mirror, ['for-each-ref', '--format=%(objectname)', 'refs/upstream/tags/'])
  return [...new Set(answer.stdout.toString('latin1').split('\n').filter(Boolean))]
}

async function withoutHead(
  quarantine: Quarantine,
  head: Oid,
  followed: readonly Oid[],
): Promise<readonly Oid[]> {
  const kept: Oid[] = []
  for (const tag of followed) {
    const type = (await quarantine.objects.find(tag))?.type
    const isCommit = type === 'commit' || type === 'tag'
    if (isCommit && !(await contains(quarantine, { ancestor: head, descendant: tag }))) kept.push(tag)
  }
  return kept
}

export const historyArgv = ['rev-list', '--topo-order', '--reverse', '--parents', '--stdin']

/** The commits that are reachable from the head and from nothing that upstream has, with their parents. */
async function readHistory(
  quarantine: Quarantine,
  query: StackQuery,
  followed: readonly Oid[],
): Promise<ReadonlyMap<Oid, readonly Oid[]>> {
  const bounds = [query.onto, ...(query.base === undefined ? [] : [query.base]), ...followed]
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
