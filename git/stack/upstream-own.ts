import type { Oid } from '../../domain/patch.ts'
import { type CommitObject, personOf, subjectOf } from '../objects/commit-object.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { runGit } from '../process/command.ts'

/** The commits of a fork's branch that the target lacks, by their parents; merges among them. */
export type History = ReadonlyMap<Oid, readonly Oid[]>

/** One commit that upstream has somewhere, though not in the target. */
export interface UpstreamCommit {
  readonly oid: Oid
  readonly subject: string
}

/** What of a fork's branch is upstream's own work, and what is the fork's although upstream has it somewhere. */
export interface Ownership {
  /** Upstream's own commits that the target lacks: they are left out, and told. */
  readonly upstreams: readonly UpstreamCommit[]
  /** Those of them that somebody made who also made patches of the fork: only a person can say whose they are. */
  readonly doubtful: readonly Oid[]
  /** The fork's commits that upstream has in a tag or branch which the target lacks; they are carried. */
  readonly shared: ReadonlySet<Oid>
}

/** Nothing of the branch is upstream's. */
export const noOwnership: Ownership = { upstreams: [], doubtful: [], shared: new Set() }

/** Refs of upstream: its tags and branches in a mirror, and those of a remote called `upstream` in a plain repository. */
const upstreamRoots = ['refs/upstream/tags', 'refs/upstream/heads', 'refs/remotes/upstream']

/** A forge commits in its own name what a person merges by a button. */
const forgeCommitter = /(?:^|[.@-])no-?reply@/i

/**
 * Tells apart the commits that a fork's branch has beside the target. The target decides what is carried: a tag or branch
 * of upstream that the target lacks takes no patch out of the stack. A commit is upstream's own where upstream's refs
 * reach it and it lies on (or below) the main line of one of them, and nobody who makes the fork's patches made it. A
 * patch that upstream merged into a branch which the target lacks lies beside that line, and stays the fork's.
 * Refs that hold the head itself say nothing: upstream's repository may hold the fork.
 */
export async function tellOwnership(
  quarantine: Quarantine,
  history: History,
  ends: { readonly head: Oid; readonly onto: Oid },
): Promise<Ownership> {
  const all = await upstreamRefs(quarantine, [])
  if (all.length === 0) return noOwnership
  // Most forks stand on what the target has; then one question tells that nothing else needs asking.
  if ((await notReachedBy(quarantine, ends, all)).size === history.size) return noOwnership
  const refs = await upstreamRefs(quarantine, [`--no-contains=${ends.head}`])
  const own = refs.length === 0 ? null : await notReachedBy(quarantine, ends, refs)
  if (own === null || own.size === history.size) return noOwnership
  const reached = new Set([...history.keys()].filter((oid) => !own.has(oid)))
  const { objects } = quarantine
  const people = new Set((await Promise.all([...own].map((oid) => objects.commit(oid)))).map(makerOf))
  const isByUs = async (oid: Oid): Promise<boolean> => {
    const commit = await objects.commit(oid)
    return mailsOf(commit).some((mail) => people.has(mail))
  }
  const line = await mainLines(quarantine, refs, ends.onto)
  const tops: Oid[] = []
  for (const oid of reached) if (line.has(oid) && !(await isByUs(oid))) tops.push(oid)
  const upstreams = below(history, tops)
  const doubtful: Oid[] = []
  for (const oid of upstreams)
    if ((history.get(oid) ?? []).length < 2 && (await isByUs(oid))) doubtful.push(oid)
  const named = [...upstreams].map(async (oid) => ({ oid, subject: subjectOf(await objects.commit(oid)) }))
  const shared = new Set([...reached].filter((oid) => !upstreams.has(oid)))
  return { upstreams: await Promise.all(named), doubtful, shared }
}

/** Upstream's refs as the commits behind them. */
async function upstreamRefs(quarantine: Quarantine, filter: readonly string[]): Promise<readonly Oid[]> {
  const format =
    '--format=%(if)%(*objectname)%(then)%(*objectname) %(*objecttype)%(else)%(objectname) %(objecttype)%(end)'
  const answer = await runGit(quarantine.source, ['for-each-ref', ...filter, format, ...upstreamRoots])
  const lines = answer.stdout.toString('latin1').split('\n').filter(Boolean)
  const commits = lines.flatMap((line) => /^(\S+) (?:commit|tag)$/.exec(line)?.[1] ?? [])
  return [...new Set(commits)]
}

async function notReachedBy(
  quarantine: Quarantine,
  { head, onto }: { readonly head: Oid; readonly onto: Oid },
  refs: readonly Oid[],
): Promise<ReadonlySet<Oid>> {
  const stdin = [head, `^${onto}`, ...refs.map((oid) => `^${oid}`), ''].join('\n')
  const answer = await runGit(quarantine, ['rev-list', '--stdin'], { stdin })
  return new Set(answer.stdout.toString('latin1').split('\n').filter(Boolean))
}

/** The commits on the main line (first parents) of refs that the target lacks. */
async function mainLines(quarantine: Quarantine, refs: readonly Oid[], onto: Oid): Promise<ReadonlySet<Oid>> {
  const stdin = [...refs, `^${onto}`, ''].join('\n')
  const answer = await runGit(quarantine, ['rev-list', '--first-parent', '--stdin'], { stdin })
  return new Set(answer.stdout.toString('latin1').split('\n').filter(Boolean))
}

/** The commits of a history at and below some of them, in the history's order. */
function below(history: History, tops: readonly Oid[]): ReadonlySet<Oid> {
  const found = new Set<Oid>()
  const open = [...tops]
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    if (found.has(oid) || !history.has(oid)) continue
    found.add(oid)
    open.push(...(history.get(oid) ?? []))
  }
  return new Set([...history.keys()].filter((oid) => found.has(oid)))
}

function mailsOf(commit: CommitObject): readonly string[] {
  return [commit.author, commit.committer].map((line) => personOf(line, commit.encoding).email.toLowerCase())
}

/** Who made a commit of the fork: whoever committed it, and the author where a forge did. */
function makerOf(commit: CommitObject): string {
  const [author = '', committer = ''] = mailsOf(commit)
  return forgeCommitter.test(committer) ? author : committer
}
