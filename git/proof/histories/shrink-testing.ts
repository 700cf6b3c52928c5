import type { Played } from './game-testing.ts'
import { playScripts } from './play-testing.ts'
import type { Script, Step } from './script-testing.ts'

/** The smallest history that was found in which the same rule is broken. */
export async function shrink(played: Played, rule: string): Promise<Played> {
  let best = played
  for (;;) {
    const smaller = await playScripts(smallerThan(best.history.script))
    const found = smaller.find(({ breaches }) => breaches.some((breach) => breach.rule === rule))
    if (!found) return best
    best = found
  }
}

/** Scripts with a little less in them, those with much less first. */
function smallerThan(script: Script): readonly Script[] {
  const { steps, files } = script
  const without = steps.map((_, index) => ({ ...script, steps: steps.filter((_, at) => at !== index) }))
  const simpler = steps.flatMap((step, index) =>
    simplerSteps(step).map((one) => ({
      ...script,
      steps: steps.map((old, at) => (at === index ? one : old)),
    })),
  )
  const shorter = files.length > 1 ? [{ ...script, files: files.slice(0, -1) }] : []
  const less = files.flatMap((size, index) =>
    [6, size - 1]
      .filter((fewer) => fewer >= 4 && fewer < size)
      .map((fewer) => ({ ...script, files: files.map((old, at) => (at === index ? fewer : old)) })),
  )
  return [...without, ...shorter, ...simpler, ...less]
}

function simplerSteps(step: Step): readonly Step[] {
  if (!('ops' in step) || step.ops.length === 0) return []
  const least = step.kind === 'edit' || step.kind === 'fixup' ? 1 : 0
  if (step.ops.length <= least) return []
  return step.ops.map((_, index) => ({ ...step, ops: step.ops.filter((_, at) => at !== index) }))
}
