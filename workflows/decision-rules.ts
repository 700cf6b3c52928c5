import type { CarriedResolution } from '../activities/types.ts'
import { type DecisionName, steps } from '../domain/attempt.ts'
import { possibleAnswers } from '../domain/interventions.ts'
import type { Oid } from '../domain/patch.ts'
import type { Proof } from '../domain/sealed.ts'
import type { DecisionRule } from '../domain/settings.ts'
import type { AttemptStatus, DecisionInput } from './messages.ts'

/** Most that the resolutions of one message may weigh, in base64 characters. */
const longestPacks = 128 * 1024
const mostDrops = 1_000

/** A decision that came in, with what tells whether it can be taken. */
export interface ProposedDecision {
  readonly name: DecisionName
  readonly input: DecisionInput
  readonly proof: Proof
}

export interface DecisionCircumstances {
  readonly status: AttemptStatus
  /** Whether another decision was taken that nobody acted on yet. */
  readonly busy: boolean
  /** Lists of patches that the question offers to drop. */
  readonly offered: readonly (readonly Oid[])[]
}

/** Says what is wrong with a decision and what is possible now; null when it can be taken. */
export function refuseDecision(decision: ProposedDecision, around: DecisionCircumstances): string | null {
  const { name, input } = decision
  const { phase, needs, outcome, settings } = around.status
  if (phase === 'ended') return `The attempt has ended (${outcome}); nothing can be decided any more.`
  const unproven = refuseUnproven(decision.proof, settings.upstream.decisions)
  if (unproven !== null) return unproven
  if (around.busy) return 'Another decision was taken a moment ago; look again with `undrift show`.'
  const rests = (around.status.resting ?? null) !== null
  if (phase === 'pushing' && !rests) return 'The candidate is being pushed; wait for the outcome.'
  const possible =
    phase === 'waiting' && needs !== null ? possibleAnswers(needs) : (['retry', 'skip', 'abort'] as const)
  if (!possible.includes(name as never)) {
    const doing = phase === 'waiting' ? `waits (${needs})` : `is ${phase}`
    return `The attempt ${doing}: ${name} is not possible now; possible are ${possible.join(', ')}.`
  }
  const { drop = [], resolutions = [] } = input
  if (drop.length > 0 && name !== 'resume') return `A patch is dropped with resume, not with ${name}.`
  for (const prefix of drop) {
    const found = patchesNamed(around.status, prefix).length
    if (found === 1) continue
    return `"${prefix}" is ${found === 0 ? 'no patch' : 'the beginning of several patches'} of this stack; see \`undrift show\`.`
  }
  const weight = resolutions.reduce((sum, { pack }) => sum + pack.length, 0)
  if (weight > longestPacks) {
    return `The resolutions weigh ${weight} characters, more than ${longestPacks}; run \`undrift resolve --continue\` where the worker's data folder is.`
  }
  return decision.proof.kind === 'signed' ? null : refuseUnoffered(decision, around)
}

/** Whoever only reaches the server chooses among what is offered, where the config lets them decide at all. */
export function refuseUnproven(proof: Proof, rule: DecisionRule = 'any'): string | null {
  if (proof.kind === 'signed' || rule === 'any') return null
  return 'Only signed decisions are taken here (`decisions: signed`): decide with the undrift command of a data folder whose key the workers trust, and see that its clock is right.'
}

/** What nobody signed may not bring in: contents, or the loss of patches that the question does not offer to drop. */
function refuseUnoffered(
  { input }: ProposedDecision,
  { status, offered }: DecisionCircumstances,
): string | null {
  const { drop = [], resolutions = [] } = input
  if (resolutions.length > 0) {
    return 'Resolutions are taken only from a message that is signed: use `undrift resolve --continue`, with a key that the workers trust.'
  }
  const dropped = new Set(drop.flatMap((prefix) => patchesNamed(status, prefix)))
  const allowed = new Set(offered.filter((list) => list.every((oid) => dropped.has(oid))).flat())
  if ([...dropped].every((oid) => allowed.has(oid))) return null
  return 'A message that is not signed may drop only the patches that the question offers to drop: use `undrift resume --drop`, with a key that the workers trust.'
}

/** The patches whose ids begin so. */
export function patchesNamed({ patches }: AttemptStatus, prefix: string): readonly Oid[] {
  if (!/^[0-9a-f]{4,64}$/i.test(prefix)) return []
  return patches.flatMap(({ oid }) => (oid.startsWith(prefix.toLowerCase()) ? [oid] : []))
}

/** Takes from a message what has the right shape: anybody can send a signal with any input. */
export function readDecision(input: unknown): DecisionInput {
  if (typeof input !== 'object' || input === null) return {}
  const { by, from, resolutions, drop } = input as Readonly<Record<string, unknown>>
  const step = steps.find((known) => known === from)
  return {
    ...(typeof by === 'string' ? { by: by.slice(0, 100) } : {}),
    ...(step === undefined ? {} : { from: step }),
    ...(Array.isArray(resolutions) ? { resolutions: resolutions.filter(isCarried) } : {}),
    ...(Array.isArray(drop) ? { drop: drop.map(String).slice(0, mostDrops) } : {}),
  }
}

function isCarried(value: unknown): value is CarriedResolution {
  const { oid, pack } = (value ?? {}) as Readonly<Record<string, unknown>>
  return typeof oid === 'string' && typeof pack === 'string'
}
