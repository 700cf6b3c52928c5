import { stat } from 'node:fs/promises'
import { UndriftError } from '../domain/errors.ts'
import type { LeftOut, PatchReport } from '../domain/patch.ts'
import {
  commitSubject,
  type EarlierWords,
  earlierWords,
  type Mirror,
  packResolution,
  type Replay,
  type ReplayConflict,
  readRef,
  removeTree,
  takeConflict,
  updateRefs,
} from '../git/index.ts'
import { keepNotes } from './attempt-notes.ts'
import { attemptRef } from './attempt-refs.ts'
import type { ActivityDeps } from './deps.ts'
import { type ReplayedStack, replayStack } from './replay-stack.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'
import type { CarriedResolution, LikelyLanding, RebaseInput, RebaseResult } from './types.ts'

const mostSuspects = 20
const mostLines = 20
const mostLandings = 20
const longestSubject = 200
/** Most that the resolutions of one message may weigh, in base64 characters. */
const longestPacks = 128 * 1024

/** Replays the stack on the release in memory, and keeps a result that is done under the attempt's ref of the mirror. */
export async function rebaseStack(
  input: RebaseInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<RebaseResult> {
  const mirror = await openStepMirror(input, deps, step)
  const { name: fork, line } = input.settings.fork
  const words = await earlierWords(mirror, { fork, line })
  const told = { ...input, dropped: [...new Set([...(input.dropped ?? []), ...words.dropped])] }
  let replayed = await replayStack(mirror, told, { deps, step })
  let unsettled: readonly string[] = []
  if (input.takeWorkTree && replayed.result.kind === 'conflict') {
    const taken = await takeWorkTree(mirror, replayed.result.at, { input, deps })
    unsettled = taken.unsettled
    if (taken.taken) {
      const { patch } = replayed.result.at
      replayed = await replayStack(mirror, told, { deps, step })
      // Not before the replay has gone on from it: until then it is the only copy of somebody's work.
      if (!stopsAt(replayed, patch.oid)) await removeTree(deps.data.resolveTreeOf(input.attempt))
    }
  }
  return concluded(mirror, input, { replayed, unsettled, words })
}

/** Whether the replay stopped at this patch. */
function stopsAt({ result }: ReplayedStack, patch: string): boolean {
  return result.kind === 'conflict' && result.at.patch.oid === patch
}

async function concluded(
  mirror: Mirror,
  input: RebaseInput,
  found: {
    readonly replayed: ReplayedStack
    readonly unsettled: readonly string[]
    readonly words: EarlierWords
  },
): Promise<RebaseResult> {
  const { stack, result } = found.replayed
  const patches = result.reports
  const dropped = patches.flatMap(({ oid, cause }) => (cause === 'person' ? [oid] : []))
  const likelyLandings = await unsaid(result.likelyLandings, found.words)
  const resolutions = await usedResolutions(mirror, input, patches)
  if (result.kind === 'conflict') {
    const { patch, lastGood, paths, causedBy = null, behind, fault } = result.at
    return {
      kind: 'conflict',
      base: stack.base,
      patch: { oid: patch.oid, subject: patch.subject },
      lastGood,
      paths: paths.map(({ path, kind }) => ({ path, kind })),
      patches,
      unsettled: found.unsettled,
      ...(fault === undefined ? {} : { fault }),
      causedBy: causedBy === null ? null : await named(mirror, causedBy),
      ...(behind === undefined ? {} : { behind }),
      likelyLandings,
      dropped,
      resolutions,
    }
  }
  await keepNotes(mirror, input, patches)
  const ref = attemptRef(input, 'head')
  await updateRefs(mirror, [{ ref, to: result.head, expected: await readRef(mirror, ref) }])
  const asked = new Set(likelyLandings.flatMap(({ commits }) => commits))
  const kept = new Set(result.likelyLandings.map(({ oid }) => oid).filter((oid) => !asked.has(oid)))
  const suspects = (result.suspects ?? [])
    // Of a patch that a person keeps beside what upstream has of it, lines stand twice on purpose.
    .filter(({ oid, kind }) => kind !== 'twice' || !kept.has(oid))
    .slice(0, mostSuspects)
    .map(({ oid, path, lost, kind }) => ({ oid, path, kind, lost: lost.slice(0, mostLines) }))
  const { head, tree, pending = [] } = result
  return {
    kind: 'done',
    base: stack.base,
    head,
    tree,
    patches,
    suspects,
    likelyLandings,
    dropped,
    resolutions,
    ...leftOutOf(result.upstreams ?? []),
    ...(pending.length === 0 ? {} : { pending }),
  }
}

/**
 * The resolutions that this replay used, as they travel: another worker's mirror may not have them. What is too heavy for
 * a message stays, and then only this mirror, or one that took in the published resolutions, comes to the same.
 */
async function usedResolutions(
  mirror: Mirror,
  { resolutions }: RebaseInput,
  patches: readonly PatchReport[],
): Promise<readonly CarriedResolution[]> {
  const carried = new Set(resolutions.map(({ oid }) => oid))
  const packs: CarriedResolution[] = []
  let left = longestPacks - resolutions.reduce((sum, { pack }) => sum + pack.length, 0)
  for (const oid of new Set(patches.flatMap(({ resolution }) => resolution ?? []))) {
    if (carried.has(oid)) continue
    const packed = await packResolution(mirror, oid)
    if (packed.pack.length > left) continue
    left -= packed.pack.length
    packs.push(packed)
  }
  return packs
}

/** What was left out of the branch, short enough for a message; upstream's commits are in the order of their history. */
function leftOutOf(upstreams: readonly { oid: string; subject: string }[]): { readonly leftOut?: LeftOut } {
  const newest = upstreams.at(-1)
  if (newest === undefined) return {}
  const { oid, subject } = newest
  return { leftOut: { count: upstreams.length, newest: { oid, subject: subject.slice(0, longestSubject) } } }
}

/** The likely landings that nobody judged yet, short enough for a message. */
async function unsaid(
  landings: Replay['likelyLandings'],
  words: EarlierWords,
): Promise<readonly LikelyLanding[]> {
  const open: LikelyLanding[] = []
  for (const { oid, subject, folded, as } of landings) {
    if (open.length >= mostLandings) break
    const known = await Promise.all(as.map((like) => words.kept(oid, like.oid)))
    const fresh = as.filter((_like, index) => !known[index])
    if (fresh.length === 0) continue
    const short = (text: string) => text.slice(0, longestSubject)
    open.push({
      subject: short(subject),
      commits: [oid, ...folded],
      as: fresh.map((like) => ({ oid: like.oid, subject: short(like.subject) })),
    })
  }
  return open
}

async function named(
  mirror: Mirror,
  oid: string,
): Promise<{ readonly oid: string; readonly subject: string }> {
  return { oid, subject: (await commitSubject(mirror, oid)).slice(0, longestSubject) }
}

/** Takes what a person settled in the attempt's work tree, for whoever resumes with a bare signal. */
async function takeWorkTree(
  mirror: Mirror,
  conflict: ReplayConflict,
  { input, deps }: { readonly input: RebaseInput; readonly deps: ActivityDeps },
): Promise<{ readonly taken: boolean; readonly unsettled: readonly string[] }> {
  const dir = deps.data.resolveTreeOf(input.attempt)
  const there = await stat(dir).catch(() => null)
  if (there === null) return { taken: false, unsettled: [] }
  const at = new Date().toISOString()
  const by = input.by ?? 'a signal'
  const taking = { conflict, dir, by, attempt: input.attempt, at }
  const result = await takeConflict(mirror, taking).catch((error: unknown) => {
    // Left of another conflict, from before the branch was changed: somebody's work, and no answer to this one.
    if (error instanceof UndriftError && error.code === 'UNDRIFT_E_REFUSED') return error
    throw error
  })
  if (result instanceof UndriftError) {
    return { taken: false, unsettled: [`left alone: ${result.message} ${result.hint}`] }
  }
  if (result.kind === 'unsettled') {
    return {
      taken: false,
      unsettled: result.paths.map(({ path, why }) => `not settled yet: ${path}: ${why}`),
    }
  }
  return { taken: true, unsettled: [] }
}
