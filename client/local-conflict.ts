import { UndriftError } from '../domain/errors.ts'
import { sourceRemote } from '../domain/source-remote.ts'
import {
  fetchFork,
  fetchUpstream,
  hasObject,
  importCarried,
  type Mirror,
  openMirror,
  type Replay,
  type ResolutionPack,
  readStack,
  replay,
  stackPolicy,
} from '../git/index.ts'
import type { AttemptStatus } from '../workflows/messages.ts'
import { accessTo } from './remote-access.ts'
import type { Surroundings } from './server.ts'

/** An attempt's replay, made again on this machine. */
export interface LocalReplay {
  readonly mirror: Mirror
  readonly result: Replay
  /** Replays once more, with what was settled since. */
  readonly again: () => Promise<Replay>
  /** The resolutions that the attempt brought along. */
  readonly carried: readonly ResolutionPack[]
  /** Where a person settles its conflict. */
  readonly dir: string
}

/** Refuses an attempt that does not wait on a conflict. */
export function assertConflicted(status: AttemptStatus | null, id: string): asserts status is AttemptStatus {
  if (status?.phase === 'waiting' && status.needs === 'conflict') return
  const standing = status?.needs ?? status?.outcome ?? status?.phase ?? 'ended'
  throw new UndriftError('UNDRIFT_E_REFUSED', `${id} does not wait on a conflict; it is: ${standing}.`, {
    hint: `See where it stands: undrift show ${id}`,
  })
}

/**
 * Makes an attempt's replay again in this data folder's mirror: what the attempt pinned is fetched where it is missing,
 * and what it settled conflicts with is taken in, so that the replay stops where the attempt did.
 */
export async function replayHere(
  from: Surroundings,
  status: AttemptStatus,
  carried: readonly ResolutionPack[],
): Promise<LocalReplay> {
  const { stackHead, onto, settings } = status
  if (stackHead === null || onto === null)
    throw new Error('An attempt conflicts before it has fetched anything.')
  const mirror = await openMirror({ path: from.data.mirrorOf(settings.upstream.name) })
  await fetchMissing(mirror, status, { pinned: [stackHead, onto], env: from.env })
  await importCarried(mirror, carried)
  const stack = await readStack(mirror, { head: stackHead, onto })
  const { committer, generated = [] } = settings.fork
  const policy = stackPolicy(settings, status.dropped)
  const again = () => replay(mirror, { stack, onto, committer, attempt: status.id, policy, generated })
  return { mirror, result: await again(), again, carried, dir: from.data.resolveTreeOf(status.id) }
}

/** The tag objects that a person took in this attempt although the tag had moved. */
function acceptedMoves({ decisions }: AttemptStatus): readonly string[] {
  return decisions.flatMap(({ letGo }) => (letGo?.need === 'tag-moved' ? [letGo.tagObject] : []))
}

async function fetchMissing(
  mirror: Mirror,
  status: AttemptStatus,
  need: { readonly pinned: readonly string[]; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const { upstream, fork } = status.settings
  const missing = async () => {
    const there = await Promise.all(need.pinned.map((oid) => hasObject(mirror, oid)))
    return need.pinned.filter((_oid, index) => !there[index])
  }
  if ((await missing()).length === 0) return
  const accepted = acceptedMoves(status)
  await fetchUpstream(mirror, accessTo(upstream.git, need.env), { tag: status.tag, accepted })
  const source = accessTo(sourceRemote(fork), need.env)
  await fetchFork(mirror, source, { fork: fork.name, branch: fork.branch })
  const [lost] = await missing()
  if (lost === undefined) return
  throw new UndriftError('UNDRIFT_E_REMOTE', `The commit ${lost} is no longer to be had from the remotes.`, {
    hint: `Let the attempt look at them again: undrift resume ${status.id}`,
  })
}
