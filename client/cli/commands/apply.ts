import { type AppliedWatch, applyWatches } from '../../apply-watches.ts'
import { dataOption } from '../../data-option.ts'
import { withSession } from '../../session.ts'
import { allowConfig } from '../allow-config.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import { warnOfConfig } from '../config-check.ts'
import type { Context } from '../context.ts'
import { readConfigOf } from '../read-config.ts'
import { renderApplied } from '../render/applied.ts'

/** Makes the watches what the config says. */
export async function apply(context: Context, input: CommandInput): Promise<CommandResult> {
  const config = await readConfigOf(context)
  const prune = input.options.prune === true
  await allowConfig(context, config, { others: prune ? 'forget' : 'keep' })
  const watches = await withSession(context, (session) => applyWatches(session, config, { prune }))
  await warnOfConfig(context, config)
  return {
    exitCode: 0,
    text: renderApplied(watches, { dataOption: dataOption(context), style: context.style }),
    json: { version: 1, config: config.path, watches: watches.map(watchJson) },
  }
}

function watchJson({ upstream, change, forks, keys }: AppliedWatch): AppliedWatch {
  return { upstream, change, forks, ...(keys === undefined ? {} : { keys }) }
}
