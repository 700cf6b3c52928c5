import { join } from 'node:path'
import { candidateRef } from '../world/config.ts'
import { git } from '../world/git.ts'
import { maintainedRef, remoteRefs, type UpstreamRelease } from '../world/repositories.ts'
import { demand, demandSame } from './expect.ts'
import type { Played, Stage } from './scenario.ts'
import type { Shown } from './shapes.ts'

/** Demands that the fork's remotes hold the maintained branch, these candidates, what else a scenario names, and nothing more. */
export async function demandRemotes(
  stage: Stage,
  candidates: Readonly<Record<string, string>>,
  { maintained = stage.maintained, besides = {} }: Partial<Pick<Played, 'maintained' | 'besides'>> = {},
): Promise<void> {
  const expected = sorted({
    [maintainedRef]: maintained,
    ...besides,
    ...Object.fromEntries(Object.entries(candidates).map(([tag, sha]) => [candidateRef(tag), sha])),
  })
  const { origin, mirror } = await remoteRefs(stage.repositories)
  const seen = (refs: Readonly<Record<string, string>>) => sorted(stage.ledger ? withoutLedger(refs) : refs)
  demandSame('`origin` holds the maintained branch, the candidates and nothing else', seen(origin), expected)
  demandSame('`mirror` holds the maintained branch, the candidates and nothing else', seen(mirror), expected)
}

/** Demands that `show` accounts for every patch of the stack, and that the candidate carries those that it says. */
export async function demandStack(
  stage: Stage,
  shown: Shown,
  { commit, tag }: UpstreamRelease,
  branch = maintainedRef,
): Promise<void> {
  const { origin } = stage.repositories.remotes
  const base = shown.base ?? ''
  const stack = (await git(origin, ['rev-list', '--reverse', `${base}..${branch}`])).split('\n')
  demandSame(
    `every patch is accounted for on ${tag}, in order`,
    shown.patches.map(({ oid }) => oid),
    stack,
  )
  demand(
    'every patch has a verdict and a reason',
    shown.patches.every((patch) => patch.verdict && patch.reason !== ''),
    shown.patches,
  )
  demandSame(`the stack stands on ${tag}`, shown.onto, commit)
  const carried = (await git(origin, ['rev-list', '--reverse', `${commit}..${shown.head}`])).split('\n')
  demandSame(
    'the candidate carries what `show` says',
    carried,
    shown.patches.flatMap(({ newOid }) => newOid ?? []),
  )
}

/** Demands that a commit's tree is the one that plain `git rebase` makes of the same stack. */
export async function demandTreeOfRebase(stage: Stage, head: string, tag: string): Promise<void> {
  const { upstream, remotes } = stage.repositories
  const folder = join(stage.installation.folder, `${stage.fork}-by-hand`)
  await git('.', ['clone', '--quiet', '--branch', 'main', remotes.origin, folder])
  await git(folder, ['fetch', '--quiet', upstream, `refs/tags/${tag}:refs/tags/${tag}`])
  await git(folder, ['rebase', '--quiet', tag])
  await git(folder, ['fetch', '--quiet', 'origin', candidateRef(tag)])
  const [byHand, byUndrift] = await Promise.all(
    ['HEAD', head].map((commit) => git(folder, ['log', '--format=%T %an <%ae> %aI %s', `${tag}..${commit}`])),
  )
  demandSame('trees, authors, dates and subjects are those of a plain `git rebase`', byUndrift, byHand)
}

/** The content of a file in a commit on the fork's first remote. */
export function fileAt(stage: Stage, commit: string, path: string): Promise<string> {
  return git(stage.repositories.remotes.origin, ['show', `${commit}:${path}`])
}

/** Demands that a pushed candidate is the same on both remotes, in `show` and in the repositories; answers its id. */
export async function demandCandidate(
  stage: Stage,
  shown: Shown,
  maintained = stage.maintained,
  earlier: Readonly<Record<string, string>> = {},
): Promise<string> {
  const head = shown.head ?? ''
  const ref = candidateRef(shown.tag)
  demandSame(
    '`show` lists the same candidate on both remotes, pushed',
    shown.candidates.map(({ kind, ref, remote, sha, pushed }) => ({ kind, ref, remote, sha, pushed })),
    ['origin', 'mirror'].map((remote) => ({ kind: 'branch', ref, remote, sha: head, pushed: true })),
  )
  await demandRemotes(stage, { ...earlier, [shown.tag]: head }, { maintained })
  return head
}

function sorted(refs: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(refs).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Refs that are published for other machines are looked at where the scenario is about them. */
function withoutLedger(refs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(refs).filter(([ref]) => !ref.startsWith('refs/undrift/')))
}
