import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { attemptSlug } from '../../domain/ids.ts'
import { candidateRef } from '../world/config.ts'
import { git, listRefs } from '../world/git.ts'
import { maintainedRef } from '../world/repositories.ts'
import { attemptOf } from './attempts.ts'
import { demandRemotes } from './evidence.ts'
import { demand, demandSame } from './expect.ts'
import { isMissing } from './missing.ts'
import type { Played, Stage } from './scenario.ts'

const nothing = '0'.repeat(40)

/** Demands what must hold after every scenario, whatever happened in it. */
export async function demandInvariants(stage: Stage, played: Played): Promise<void> {
  const { remotes } = stage.repositories
  await demandRemotes(stage, played.candidates, played.maintained)
  for (const remote of [remotes.origin, remotes.mirror]) await demandMoves(remote, played)
  await demandUpstreamUntouched(stage)
  await demandCheckoutUntouched(stage, played)
  await demandAttempts(stage, played)
  await demandNoWorkTrees(stage, played)
}

/** Outward acts happened exactly once: each candidate's ref was made and never moved; nobody else's ref was touched. */
export async function demandMoves(remote: string, { candidates }: Pick<Played, 'candidates'>): Promise<void> {
  const logs = join(remote, 'logs', 'refs')
  const files = (await readdir(logs, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  const moved = files.map(({ parentPath, name }) => join(parentPath, name))
  const refs = moved
    .map((file) => file.slice(join(remote, 'logs').length + 1))
    .filter((ref) => ref !== maintainedRef)
  const expected = Object.keys(candidates).map(candidateRef)
  demandSame('no ref was moved but candidates', refs.toSorted(), expected.toSorted())
  for (const [tag, sha] of Object.entries(candidates)) {
    const moves = (await readFile(join(remote, 'logs', candidateRef(tag)), 'utf8')).trimEnd().split('\n')
    demandSame(
      `the candidate of ${tag} was pushed once`,
      moves.map((move) => move.split(' ').slice(0, 2)),
      [[nothing, sha]],
    )
  }
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

async function demandCheckoutUntouched(
  { repositories: { forkCheckout } }: Stage,
  { maintained }: Played,
): Promise<void> {
  demandSame(
    'the person’s checkout stands where they left it',
    await git(forkCheckout, ['rev-parse', 'HEAD']),
    maintained,
  )
  demandSame('the person’s checkout is clean', await git(forkCheckout, ['status', '--porcelain']), '')
  const branches = await git(forkCheckout, ['for-each-ref', '--format=%(refname)', 'refs/heads'])
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
