import { type GeneratedRule, ruleFinder } from '../../domain/generated.ts'
import type { Oid } from '../../domain/patch.ts'
import { planChanges } from '../stack/changes.ts'
import type { Chain, Link } from '../stack/linearise.ts'
import type { StackPolicy } from '../stack/policy.ts'
import { withoutTakenIn } from '../stack/stale-base.ts'
import { wentBackOn } from '../stack/went-back.ts'
import { partGenerated } from './generated.ts'
import { type Replayed, type ReplayTask, replayChanges } from './replayer.ts'
import type { Workshop } from './workshop.ts'

export type StackTask = Pick<ReplayTask, 'onto' | 'committer' | 'settle' | 'onConflict' | 'onPatch'> & {
  readonly policy: StackPolicy
  /** How generated files are settled; none are known when left out. */
  readonly generated?: readonly GeneratedRule[]
}

/** A replay, and the line that it replayed: another than was read where a commit took upstream in. */
export interface ReplayedChain extends Replayed {
  readonly chain: Chain
}

/**
 * Replays a whole chain. Where it conflicts and one of its commits took upstream in as a squash, it is replayed without
 * what upstream has anyway, and the better of both counts.
 */
export async function replayStack(workshop: Workshop, chain: Chain, task: StackTask): Promise<ReplayedChain> {
  const first = { ...(await replayChain(workshop, chain, task)), chain }
  if (!first.conflict) return first
  const isDoubtful = (link: Link, tookIn: Oid) =>
    wentBackOn(workshop, link, { base: chain.base, tookIn, onto: task.onto })
  const cleared = await withoutTakenIn(workshop, chain, { onto: task.onto, isDoubtful })
  if (!cleared) return first
  const second = { ...(await replayChain(workshop, cleared, task)), chain: cleared }
  return reach(second, chain) > reach(first, chain) ? second : first
}

async function replayChain(workshop: Workshop, chain: Chain, task: StackTask): Promise<Replayed> {
  const { policy, generated = [], ...rest } = task
  const planned = await planChanges(workshop, chain, { policy, onto: task.onto })
  const ruleOf = ruleFinder(generated)
  const changes =
    generated.length === 0
      ? planned
      : await Promise.all(planned.map((change) => partGenerated(workshop.trees, change, ruleOf)))
  return replayChanges(workshop, { ...rest, base: chain.base, oldest: chain.oldest, changes })
}

/** How far into the stack a replay came. */
function reach({ conflict }: Replayed, chain: Chain): number {
  if (!conflict) return chain.links.length
  const at: Oid = conflict.change.patch.oid
  return chain.links.findIndex((link) => link.oid === at)
}
