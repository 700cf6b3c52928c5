import { exitCodes } from '../../../domain/exit-codes.ts'
import type { Oid } from '../../../domain/patch.ts'
import { commitSubject } from '../../../git/objects/subject.ts'
import { makePlan, type Plan } from '../../../git/replay/plan.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { explainBudget, tellPlan } from '../plan-explain.ts'
import { planJson } from '../plan-json.ts'
import { openKeeper } from '../plan-keeper.ts'
import { type PlanTask, withPlanTask } from '../plan-task.ts'
import { outcomeLine, renderPlan } from '../render/plan.ts'
import { renderRangeDiff } from '../render/range-diff.ts'

/** Shows what moving a stack would come to. Needs no server; with `--repo` no config either. */
export async function plan(context: Context, input: CommandInput): Promise<CommandResult> {
  const budget = explainBudget(input.options.explain)
  return withPlanTask(context, input, (task) => show(context, input, { ...task, budget }))
}

async function show(
  context: Context,
  input: CommandInput,
  task: PlanTask & { readonly budget: number },
): Promise<CommandResult> {
  const keeper = await openKeeper(task.keeping, input.options)
  const rangeDiff = input.options.rangeDiff === true ? 'made' : 'left-out'
  const subjectOf = (oid: Oid) => commitSubject(task.source, oid)
  const { budget } = task
  const { title } = task
  const verbose = input.options.verbose === true
  const teller = tellPlan(context, { budget, subjectOf, title, verbose })
  const made = await makePlan(task.source, task.input, {
    rangeDiff,
    ...(keeper ? { keep: keeper } : {}),
    onConflict: teller.onConflict,
    explain: { budget, onPart: teller.onPart },
  })
  await teller.done()
  const view = { style: context.style, subjectOf, title, verbose }
  const shown = made.rangeDiff === null ? '' : `${renderRangeDiff(made.rangeDiff, context.style)}\n\n`
  const text = teller.hasShown() ? await outcomeLine(made, view) : shown + (await renderPlan(made, view))
  return { exitCode: exitCodeOf(made), text, json: planJson(made) }
}

function exitCodeOf({ result }: Plan): CommandResult['exitCode'] {
  return result.kind === 'done' ? exitCodes.ok : exitCodes.needsPerson
}
