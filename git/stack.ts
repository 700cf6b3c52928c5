import { UndriftError } from '../domain/errors.ts'
import type { Oid } from '../domain/patch.ts'
import { runGit } from './command.ts'
import { personOf, subjectOf } from './commit-object.ts'
import type { Quarantine } from './quarantine.ts'
import type { Mirror, Patch, Stack } from './types.ts'
import { inWorkshop } from './workshop.ts'

export interface StackQuery {
  readonly head: Oid
  /** The upstream commit to move to; what it has is not of the stack. */
  readonly onto: Oid
  /** A base that is known or given; what it has is not of the stack either. */
  readonly base?: Oid
}

/** The commits that only the fork has, oldest first, with their parents. */
export interface ForkHistory {
  readonly parents: ReadonlyMap<Oid, readonly Oid[]>
}

/** Reads the ordered patches between the upstream commit that the fork stands on and its head. */
export function readStack(mirror: Mirror, query: StackQuery): Promise<Stack> {
  return inWorkshop(mirror, async ({ quarantine }) => {
    const history = await readHistory(quarantine, query, await followedTips(mirror))
    return linearStack(quarantine, query, history)
  })
}

/** The objects that refs/upstream/ names: tags and branches that are followed. */
async function followedTips(mirror: Mirror): Promise<readonly Oid[]> {
  const answer = await runGit(mirror, ['for-each-ref', '--format=%(objectname)', 'refs/upstream/'])
  return [...new Set(answer.stdout.toString('latin1').split('\n').filter(Boolean))]
}

/** Walks the commits that are reachable from the head and from nothing that upstream has. */
export async function readHistory(
  quarantine: Quarantine,
  query: StackQuery,
  followed: readonly Oid[],
): Promise<ForkHistory> {
  const bounds = [query.onto, ...(query.base === undefined ? [] : [query.base]), ...followed]
  const answer = await runGit(quarantine, ['rev-list', '--topo-order', '--reverse', '--parents', '--stdin'], {
    stdin: [query.head, ...bounds.map((oid) => `^${oid}`), ''].join('\n'),
  })
  const lines = answer.stdout.toString('latin1').split('\n').filter(Boolean)
  const parents = new Map(
    lines.map((line) => {
      const [oid = '', ...rest] = line.split(' ')
      return [oid, rest] as const
    }),
  )
  for (const oid of parents.keys()) {
    if (!quarantine.isShallow(oid)) continue
    throw new UndriftError('UNDRIFT_E_STACK', `The history is shallow: the parents of ${oid} are missing.`, {
      hint: 'Fetch the whole history with `git fetch --unshallow`.',
    })
  }
  return { parents }
}

async function linearStack(quarantine: Quarantine, query: StackQuery, history: ForkHistory): Promise<Stack> {
  const patches: Patch[] = []
  for (const oid of history.parents.keys()) patches.push(await readPatch(quarantine, oid))
  const base = patches[0]?.parent ?? query.head
  return { base, head: query.head, patches }
}

/** One commit of the stack. Its first parent is what it is a patch against. */
export async function readPatch(quarantine: Quarantine, oid: Oid): Promise<Patch> {
  const commit = await quarantine.objects.commit(oid)
  const [parent] = commit.parents
  if (parent === undefined || commit.parents.length > 1) {
    const what = parent === undefined ? 'has no parent' : 'is a merge'
    throw new UndriftError('UNDRIFT_E_STACK', `Commit ${oid} (${subjectOf(commit)}) ${what}.`, {
      hint: 'Rebase the fork onto the upstream commit that it stands on.',
    })
  }
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
