import type { Oid } from '../../../domain/patch.ts'
import type { ObjectStore } from '../../objects/objects.ts'
import type { Plan } from '../../replay/plan.ts'
import type { PatchRecord } from '../../replay/record.ts'
import type { Game, Played } from './game-testing.ts'
import type { GitPicks } from './git-picks-testing.ts'
import type { Oracle } from './oracle-testing.ts'
import { outcomeOf, planLines } from './outcome-testing.ts'
import type { Word } from './states-testing.ts'
import type { Breach } from './told-testing.ts'
import { verdictBreaches } from './verdict-rules-testing.ts'

/** What of a patch is judged. */
export type JudgedPatch = Pick<
  PatchRecord,
  | 'oid'
  | 'subject'
  | 'verdict'
  | 'newOid'
  | 'reason'
  | 'folded'
  | 'landedAs'
  | 'suggestion'
  | 'conflict'
  | 'resolution'
>

/** What of a plan is judged. */
export interface JudgedPlan extends Pick<Plan, 'result' | 'merges' | 'suspects' | 'upstreams'> {
  readonly patches: readonly JudgedPatch[]
}

export interface JudgedBy {
  readonly plan: JudgedPlan
  readonly picks: GitPicks | null
  /** Words that a person settled. */
  readonly touched?: ReadonlySet<Word>
}

/** Judges a plan by the oracle, and by git where that is a measure. */
export async function judge(
  objects: ObjectStore,
  game: Game,
  { plan, picks, touched = new Set() }: JudgedBy,
): Promise<Played> {
  const { history, oracle } = game
  const outcome = await outcomeOf(objects, game, plan)
  const verdicts = verdictBreaches(oracle, outcome)
  // Where upstream's own commits are carried as patches, or the fork's are not read, all else follows from that.
  const isMisread = verdicts.some(({ rule }) => rule === 'carried-upstream' || rule === 'untold')
  const content = outcome.kind === 'done' ? oracle.content(outcome.result, touched) : []
  return {
    history,
    kind: plan.result.kind,
    breaches: isMisread ? verdicts : [...verdicts, ...content, ...againstGit(game, plan, picks)],
    git: picks?.kind ?? null,
    asked: askedOf(oracle, plan, picks),
    reasons: reasonsOf(plan),
    lines: planLines(game, plan),
  }
}

/** What is known of a history of which the engine made nothing but an error. */
export function judgeError({ history }: Game, error: unknown): Played {
  const what = error instanceof Error ? error.message : String(error)
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : []
  const breaches = [{ rule: 'error', what }]
  return { history, kind: 'error', breaches, git: null, asked: null, reasons: [], lines }
}

/** Where upstream took nothing of the fork, git's own picks are the measure. */
function againstGit(
  { history, oracle, written }: Game,
  { result, patches }: JudgedPlan,
  picks: GitPicks | null,
): readonly Breach[] {
  const numberOf = (oid: Oid): number => written.oids.indexOf(oid)
  const isApart = patches.every(({ oid }) => history.commits[numberOf(oid)]?.by === 'fork')
  if (!picks || !isApart || oracle.hasTaken()) return []
  if (picks.kind === 'clean') {
    if (result.kind !== 'done' || result.tree === picks.tree) return []
    return [{ rule: 'unlike-git', what: `git comes to ${picks.tree} and the plan to ${result.tree}` }]
  }
  const placeOf = (commit: number): number => oracle.own.findIndex(({ number }) => number === commit)
  const what = `git stops at ${history.commits[picks.at]?.subject}`
  if (result.kind === 'done') return [{ rule: 'past-git', what: `${what} and the plan is done` }]
  if (result.kind === 'question') return []
  const [at, stop] = [placeOf(numberOf(result.at)), placeOf(picks.at)]
  if (at < stop) return [{ rule: 'before-git', what: `${what}, the plan at an earlier patch` }]
  return at > stop ? [{ rule: 'past-git', what: `${what}, the plan at a later patch` }] : []
}

/** Where git is clean, its tree breaks no rule and nothing in it can be read in two ways, nobody should be asked. */
function askedOf(oracle: Oracle, { result }: JudgedPlan, picks: GitPicks | null): Played['asked'] {
  if (result.kind === 'done' || picks?.kind !== 'clean' || !oracle.isPlain(picks.contents)) return null
  return oracle.hasTaken() ? 'something-taken' : 'nothing-taken'
}

function reasonsOf({ result, patches, suspects }: JudgedPlan): readonly string[] {
  if (result.kind === 'done') return []
  const kinds = patches.flatMap(({ conflict }) => conflict?.paths.map(({ kind }) => `conflict ${kind}`) ?? [])
  const suggestions = patches.flatMap(({ suggestion }) =>
    suggestion === null || typeof suggestion === 'string' ? [] : [suggestion.kind],
  )
  return [...new Set([...kinds, ...suggestions, ...(suspects.length > 0 ? ['suspects'] : [])])]
}
