import { UndriftError } from '../../domain/errors.ts'
import type { GeneratedRule, PendingFiles } from '../../domain/generated.ts'
import type { Oid } from '../../domain/patch.ts'
import type { EarlierWords } from '../ledger/earlier-words.ts'
import { contains, mergeBase } from '../mirror/queries.ts'
import { refuseHostilePaths, refuseHostileTrees } from '../objects/hostile.ts'
import { migrate } from '../objects/quarantine.ts'
import { suspectsOfReplay, withoutTwins } from '../proof/suspects-of-replay.ts'
import { rememberedResolutions } from '../resolutions/remembered.ts'
import type { StackPolicy } from '../stack/policy.ts'
import { type OwnChain, readChain, type StackQuery, shallowHistory } from '../stack/stack.ts'
import type { UpstreamCommit } from '../stack/upstream-own.ts'
import type { Mirror, Suspect } from '../types.ts'
import { pathsOf } from './arrivals.ts'
import { nameDamage } from './damage.ts'
import { type ExplainOptions, explainConflicts } from './explain.ts'
import { withDropped, withoutKept, withoutKeptTwice } from './plan-words.ts'
import { proveReplay, shownRangeDiff } from './prove.ts'
import type { PatchRecord } from './record.ts'
import { type ReplayedChain, replayStack } from './replay-stack.ts'
import { inWorkshop, type Workshop, type WorkshopOptions } from './workshop.ts'

export interface PlanInput {
  readonly head: Oid
  readonly onto: Oid
  /** Null: the merge base of head and target. */
  readonly base: Oid | null
  /** Upstream commits beside the target that the fork may have merged; what they have is not of the stack. */
  readonly followed: readonly Oid[]
  readonly committer: { readonly name: string; readonly email: string }
  readonly policy: StackPolicy
  /** What persons said of the stack's patches before; nothing when left out. */
  readonly earlier?: EarlierWords
  /** How generated files are settled; none are known when left out. */
  readonly generated?: readonly GeneratedRule[]
  /** Whether to look past a conflict. */
  readonly onConflict: 'stop' | 'forecast'
}

export interface PlanOptions extends WorkshopOptions {
  readonly onPatch?: (done: number, total: number) => void
  /** Left out by default: it costs more than all the rest. */
  readonly rangeDiff?: 'made' | 'left-out'
  /** Called with a result that is done, while its objects are in the repository and before anything forgets them. */
  readonly keep?: (head: Oid) => Promise<void>
  /** Called with a plan that stops, before anything is searched that only explains why. */
  readonly onConflict?: (plan: Plan) => void | Promise<void>
  /** How long to search for explanations afterwards; everything is searched when left out. */
  readonly explain?: ExplainOptions
}

export type PlanResult =
  | { readonly kind: 'done'; readonly head: Oid; readonly tree: Oid }
  /** All patches settle, and a person should look: at suspects, or at a patch that may have landed with changes. */
  | { readonly kind: 'question'; readonly head: Oid; readonly tree: Oid }
  | { readonly kind: 'conflict'; readonly at: Oid; readonly lastGood: Oid }

/** What a move of the stack would come to. */
export interface Plan {
  readonly base: Oid
  readonly head: Oid
  readonly onto: Oid
  readonly result: PlanResult
  readonly patches: readonly PatchRecord[]
  readonly merges: readonly Oid[]
  /** Upstream's own commits of the branch that the target lacks: they are left out. */
  readonly upstreams: readonly UpstreamCommit[]
  readonly suspects: readonly Suspect[]
  /** Where it was asked for and all patches settle. */
  readonly rangeDiff: string | null
  /** Generated files that an attempt makes again; until then upstream's stand in. */
  readonly pending: readonly PendingFiles[]
}

/** Tries a replay in memory and tells what it comes to. Leaves no object behind unless a result is kept. */
export function makePlan(source: Mirror, input: PlanInput, options: PlanOptions = {}): Promise<Plan> {
  const work = (workshop: Workshop): Promise<Plan> => planIn(workshop, input, options)
  return inWorkshop(source, work, { ...options, onto: input.onto }).catch(nameDamage)
}

/** The same in a workshop that is open: what the result holds can be read as long as that is. */
export async function planIn(workshop: Workshop, input: PlanInput, options: PlanOptions = {}): Promise<Plan> {
  const { onto, policy, head } = input
  const query = { head, onto, ...(input.base === null ? {} : { base: input.base }) }
  // The history first: nothing else can go on without it.
  const reading = readOwnChain(workshop, query, input)
  reading.catch(() => {})
  const isTargetFit = refuseHostileTrees(workshop.quarantine, [onto])
  isTargetFit.catch(() => {})
  const chain = await reading
  await Promise.all(
    chain.links.map(async (link) => refuseHostilePaths(link.oid, await pathsOf(workshop, link))),
  )
  const made = await replayStack(workshop, chain, {
    onto,
    policy: withDropped(policy, chain, input.earlier),
    generated: input.generated ?? [],
    committer: input.committer,
    settle: rememberedResolutions(workshop, null),
    onConflict: input.onConflict,
    ...(options.onPatch ? { onPatch: options.onPatch } : {}),
  }).catch(async (error: unknown) => {
    // What git makes of a hostile tree tells less than the refusal of it.
    await isTargetFit
    throw error
  })
  const { ownership } = chain
  await proveReplay(workshop, chain, { replayed: made, onto })
  const unproved = await suspectsOfReplay(workshop, made, { onto, ownership })
  const records = await withoutKept(made.records, input.earlier)
  const found = withoutTwins([...made.suspects, ...unproved])
  const replayed = { ...made, records, suspects: withoutKeptTwice(found, made.records, records) }
  // What is new in the stack was looked at path by path; what only the base had is gone.
  await isTargetFit
  const result = resultOf(replayed)
  const isShown = options.rangeDiff === 'made' && result.kind !== 'conflict'
  const shown = isShown ? await shownRangeDiff(workshop, chain, { head, onto, made: result.head }) : null
  if (options.keep && result.kind === 'done') {
    if (result.head !== onto) await migrate(workshop.quarantine, [result.head], [onto, head])
    await options.keep(result.head)
  }
  const { suspects, pending } = replayed
  const { base, merges } = chain
  const { upstreams } = ownership
  const planOf = (patches: readonly PatchRecord[]): Plan => {
    return { base, head, onto, result, patches, merges, upstreams, suspects, pending, rangeDiff: shown }
  }
  if (result.kind !== 'conflict') return planOf(replayed.records)
  await options.onConflict?.(planOf(replayed.records))
  const explained = await explainConflicts(workshop, replayed, options.explain)
  return planOf(await withoutKept(explained, input.earlier))
}

function resultOf(replayed: ReplayedChain): PlanResult {
  const { conflict, head, tree, records, suspects } = replayed
  if (conflict) return { kind: 'conflict', at: conflict.change.patch.oid, lastGood: conflict.lastGood }
  const asks = records.some(({ suggestion }) => suggestion !== null && suggestion !== 'reverted-upstream')
  return { kind: asks || suspects.length > 0 ? 'question' : 'done', head, tree }
}

/**
 * The chain of a head that shares history with the target. Where the target alone bounds the stack, a chain that can be
 * read proves it: it ends in what the target has.
 */
async function readOwnChain(workshop: Workshop, query: StackQuery, input: PlanInput): Promise<OwnChain> {
  const reading = readChain(workshop, query, input.followed)
  const isProof = input.base === null && input.followed.length === 0
  if (isProof) {
    const chain = await reading.catch(async (error: unknown) => {
      await refuseStrangeBase(workshop, input)
      throw error
    })
    if (chain.ownership.upstreams.length > 0) await refuseStrangeBase(workshop, input)
    return chain
  }
  const [, chain] = await Promise.all([refuseStrangeBase(workshop, input), reading])
  return chain
}

async function refuseStrangeBase({ quarantine }: Workshop, { base, head, onto }: PlanInput): Promise<void> {
  if (base !== null) {
    if (await contains(quarantine, { ancestor: base, descendant: head })) return
    throw new UndriftError('UNDRIFT_E_STACK', `The base ${base} is no ancestor of the head ${head}.`, {
      hint: 'Give a --base that the head stands on, or leave it out.',
    })
  }
  if ((await mergeBase(quarantine, head, onto)) !== null) return
  const [cut] = quarantine.shallow
  if (cut !== undefined) throw shallowHistory(cut)
  throw new UndriftError('UNDRIFT_E_STACK', `The head ${head} and the target ${onto} share no history.`, {
    hint: 'Give the commit that the stack begins after with --base.',
  })
}
