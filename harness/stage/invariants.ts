import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { attemptSlug } from '../../domain/ids.ts'
import { candidateRef } from '../world/config.ts'
import { git, listRefs } from '../world/git.ts'
import { maintainedRef } from '../world/repositories.ts'
import { attemptOf } from './attempts.ts'
import { demandRemotes } from './evidence.ts'
import { demand, demandSame } from './expect.ts'
import { isMissing } from './missing.ts'
import type { Played, Stage } from './scenario.ts'

/** Demands what must hold after every scenario, whatever happened in it. */
export async function demandInvariants(stage: Stage, played: Played): Promise<void> {
  const { remotes } = stage.repositories
  await demandRemotes(stage, played.candidates, played)
  for (const remote of [remotes.origin, remotes.mirror])
    await demandMoves(remote, played, { ledger: stage.ledger })
  await demandUpstreamUntouched(stage)
  await demandCheckoutUntouched(stage)
  await demandAttempts(stage, played)
  await demandNoWorkTrees(stage, played)
}

/** Outward acts happened exactly once: what was pushed was made and never moved; nobody else's ref was touched. */
export async function demandMoves(
  remote: string,
  { candidates, besides = {} }: Pick<Played, 'candidates' | 'besides'>,
  options: { readonly ledger?: boolean } = {},
): Promise<void> {
  const logs = join(remote, 'logs')
  const entries = await readdir(join(logs, 'refs'), { recursive: true, withFileTypes: true })
  const refs = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(logs, join(parentPath, name)))
    .filter((ref) => ref !== maintainedRef && !(options.ledger && ref.startsWith('refs/undrift/')))
  const pushed = Object.entries(candidates).map(([tag, sha]) => [candidateRef(tag), sha] as const)
  const expected = [...pushed, ...Object.entries(besides)]
  demandSame('no ref was moved but these', refs.toSorted(), expected.map(([ref]) => ref).toSorted())
  for (const [ref, sha] of expected) {
    demandSame(`${ref} was pushed once`, await movesOf(remote, ref), [['0'.repeat(sha.length), sha]])
  }
}

/** Every move of a ref that its repository wrote down: from where to where, oldest first. */
export async function movesOf(remote: string, ref: string): Promise<readonly (readonly string[])[]> {
  const moves = (await readFile(join(remote, 'logs', ref), 'utf8')).trimEnd().split('\n')
  return moves.map((move) => move.split(' ').slice(0, 2))
}

async function demandUpstreamUntouched({
  repositories: { upstream, upstreamCheckout },
}: Stage): Promise<void> {
  const theirs = await git(upstreamCheckout, [
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    'refs/heads',
    'refs/tags',
  ])
  const published = Object.entries(await listRefs(upstream)).map((ref) => ref.join(' '))
  demandSame('upstream holds what its people published', published.toSorted(), theirs.split('\n').toSorted())
}

/** The person's checkout stands where they pushed from last. */
async function demandCheckoutUntouched({ repositories: { forkCheckout } }: Stage): Promise<void> {
  const [head, pushed, status, branches] = await Promise.all([
    git(forkCheckout, ['rev-parse', 'HEAD']),
    git(forkCheckout, ['rev-parse', 'refs/remotes/origin/main']),
    git(forkCheckout, ['status', '--porcelain']),
    git(forkCheckout, ['for-each-ref', '--format=%(refname)', 'refs/heads']),
  ])
  demandSame('the person’s checkout stands where they left it', head, pushed)
  demandSame('the person’s checkout is clean', status, '')
  demandSame('the person’s checkout has their branch and no other', branches, maintainedRef)
}

/** The same release never starts twice, nothing else was started, and all that was has an outcome. */
async function demandAttempts(stage: Stage, { tags }: Played): Promise<void> {
  const { attempts } = await stage.installation.status()
  const own = attempts.filter(({ fork }) => fork === stage.fork)
  const ids = tags.map((tag) => attemptOf(stage, tag))
  demandSame('there is one attempt for each release', own.map(({ id }) => id).toSorted(), ids.toSorted())
  demand(
    'every attempt has ended with an outcome',
    own.every(({ phase, outcome }) => phase === 'ended' && outcome),
    own,
  )
}

async function demandNoWorkTrees(stage: Stage, { tags }: Played): Promise<void> {
  const slugs = tags.map((tag) => attemptSlug(attemptOf(stage, tag)))
  for (const room of ['verify', 'resolve']) {
    const entries = await readdirOrNothing(join(stage.installation.data, room))
    const left = entries.filter((entry) => slugs.some((slug) => entry.startsWith(slug)))
    demandSame(`no work tree of an ended attempt is left in ${room}/`, left, [])
  }
}

async function readdirOrNothing(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
