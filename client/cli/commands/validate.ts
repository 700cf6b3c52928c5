import { dirname } from 'node:path'
import { readConfig } from '../../../config/load-config.ts'
import { parseConfig } from '../../../config/parse-config.ts'
import { keyFilesIn } from '../../../config/read-key-file.ts'
import { renderProblems } from '../../../config/render-problems.ts'
import { exitCodes } from '../../../domain/exit-codes.ts'
import { refuseMixedFormats } from '../../local-formats.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import { warningsOf } from '../config-check.ts'
import type { Context } from '../context.ts'
import { configLocation } from '../read-config.ts'
import { renderWarnings } from '../render/warnings.ts'
import { shortPath } from '../render/words.ts'

/** Checks a config and reports every problem at once. Never touches Temporal. */
export async function validate(context: Context, input: CommandInput): Promise<CommandResult> {
  const named = input.args[0]
  const { path, text } = await readConfig(
    named === undefined ? configLocation(context) : { cwd: context.cwd, path: named },
  )
  const file = shortPath(path, context.cwd)
  const parsed = parseConfig(text, file, { readKey: keyFilesIn(dirname(path)) })
  if (parsed.kind === 'invalid') {
    return {
      exitCode: exitCodes.usage,
      text: renderProblems(parsed.problems, { color: context.color }),
      json: { version: 1, file: path, valid: false, problems: parsed.problems },
    }
  }
  await refuseMixedFormats(parsed.config, context.signal)
  const { upstreams, forks: lines } = parsed.config
  const forks = new Set(lines.map(({ name }) => name)).size
  const counts = [
    counted(upstreams.length, 'upstream'),
    counted(forks, 'fork'),
    ...(lines.length > forks ? [counted(lines.length, 'line')] : []),
  ]
  const warnings = await warningsOf(context, parsed.config, 'local')
  const verdict = `${file}: ${context.style.green('valid')}; ${counts.join(', ')}.`
  return {
    exitCode: 0,
    text: [...(warnings.length === 0 ? [] : [renderWarnings(warnings, context.style)]), verdict].join('\n'),
    json: {
      version: 1,
      file: path,
      valid: true,
      problems: [],
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
