import { parseDuration } from '../../config/duration.ts'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import type { Explanation, ExplanationPart } from '../../git/replay/conflict-fate.ts'
import type { Plan } from '../../git/replay/plan.ts'
import type { Context } from './context.ts'
import type { PlanTitle } from './plan-title.ts'
import { conflictPaths } from './render/conflict-paths.ts'
import { numberOf, patchLines } from './render/plan.ts'
import { oneLine } from './render/table.ts'

const defaultSeconds = 5

/** The milliseconds of `--explain`: how long a plan that stops may search for why. */
export function explainBudget(value: unknown): number {
  if (value === undefined) return defaultSeconds * 1000
  const seconds = /^0[smhd]?$/.test(String(value)) ? 0 : parseDuration(String(value))
  if (seconds !== null) return seconds * 1000
  throw new UndriftError('UNDRIFT_E_USAGE', `--explain: \`${String(value)}\` is not a duration.`, {
    hint: 'Give a duration such as `5s` or `2m`, or 0 to leave explanations out.',
  })
}

/** Tells a plan that stops at once, and what explains it as that is found. */
export interface PlanTeller {
  readonly onConflict: (plan: Plan) => void
  readonly onPart: (oid: Oid, explanation: Explanation, part: ExplanationPart) => void
  /** Whether the patches were shown already. */
  readonly hasShown: () => boolean
  /** Resolves when everything has been said. */
  readonly done: () => Promise<void>
}

export interface TellOptions {
  readonly budget: number
  /** Names every path of a conflict. */
  readonly verbose: boolean
  /** The subject of an upstream commit. */
  readonly subjectOf: (oid: Oid) => Promise<string>
  readonly title: PlanTitle
}

/** The patches go to stdout when they are known; where it stops, and why, to stderr. With `--json` all of it is in the object. */
export function tellPlan(context: Context, { budget, subjectOf, title, verbose }: TellOptions): PlanTeller {
  const style = context.talkStyle
  let stopped: Plan | null = null
  let isShown = false
  let telling: Promise<void> = Promise.resolve()
  const say = (line: () => string | Promise<string>): void => {
    telling = telling.then(async () => context.say(await line()))
  }
  return {
    hasShown: () => isShown,
    done: () => telling,
    onConflict: (plan) => {
      if (context.json) return
      stopped = plan
      isShown = true
      const lines = patchLines(plan, { style: context.style, verbose })
      context.print([title.line(plan.base), ...lines].join('\n'))
      for (const { oid, conflict } of plan.patches) {
        if (conflict === null) continue
        const paths = conflictPaths(conflict.paths, { verbose })
        say(() => style.red(`${numberOf(plan, oid)} conflicts in ${paths}`))
      }
      if (budget > 0)
        say(() => style.dim(`Searching for the cause, for at most ${budget / 1000} s (see --explain)`))
    },
    onPart: (oid, explanation, part) => {
      if (stopped === null || budget === 0) return
      const number = numberOf(stopped, oid)
      say(async () => `${number} ${await sentenceOn(explanation, part, { budget, subjectOf })}`)
    },
  }
}

async function sentenceOn(
  { causedBy, suggestion, notSearched }: Explanation,
  part: ExplanationPart,
  { budget, subjectOf }: Pick<TellOptions, 'budget' | 'subjectOf'>,
): Promise<string> {
  const named = async (oid: Oid) => `${oid.slice(0, 10)} '${oneLine(await subjectOf(oid))}'`
  const isGivenUp = notSearched.includes(part)
  const within = `not searched: ${budget / 1000} s were not enough (see --explain)`
  if (part === 'causedBy') {
    if (isGivenUp) return `cause ${within}`
    return causedBy === null
      ? 'no single upstream commit causes the conflict'
      : `stops applying at upstream ${await named(causedBy)}`
  }
  if (isGivenUp) return `similar upstream commits ${within}`
  if (suggestion === null || suggestion === 'reverted-upstream') return 'no upstream commit looks like it'
  const likes = await Promise.all(suggestion.as.map(named))
  return `may have landed with changes as ${likes.join(', ')}; if so, give --drop`
}
