import { exitCodes } from '../../../domain/exit-codes.ts'
import type { Oid } from '../../../domain/patch.ts'
import { commitSubject } from '../../../git/objects/subject.ts'
import { makePlan, type Plan } from '../../../git/replay/plan.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { planJson } from '../plan-json.ts'
import { openKeeper } from '../plan-keeper.ts'
import { type PlanTask, withPlanTask } from '../plan-task.ts'
import { renderPlan } from '../render/plan.ts'
import { renderRangeDiff } from '../render/range-diff.ts'

/** Shows what moving a stack would come to. Needs no server; with `--repo` no config either. */
export function plan(context: Context, input: CommandInput): Promise<CommandResult> {
  return withPlanTask(context, input, (task) => show(context, input, task))
}

async function show(context: Context, input: CommandInput, task: PlanTask): Promise<CommandResult> {
  const keeper = await openKeeper(task.keeping, input.options)
  const rangeDiff = input.options.rangeDiff === true ? 'made' : 'left-out'
  const made = await makePlan(task.source, task.input, { rangeDiff, ...(keeper ? { keep: keeper } : {}) })
  const subjectOf = (oid: Oid) => commitSubject(task.source, oid)
  const shown = made.rangeDiff === null ? '' : `${renderRangeDiff(made.rangeDiff, context.style)}\n\n`
  const text = shown + (await renderPlan(made, { style: context.style, subjectOf }))
  return { exitCode: exitCodeOf(made), text, json: planJson(made) }
}

function exitCodeOf({ result }: Plan): CommandResult['exitCode'] {
  return result.kind === 'done' ? exitCodes.ok : exitCodes.needsPerson
}
