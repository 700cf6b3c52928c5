import { readFile, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { nearest } from '../../../config/nearest.ts'
import { parseConfig } from '../../../config/parse-config.ts'
import { UndriftError } from '../../../domain/errors.ts'
import { type ImportedSources, readPatchmoi, type Unmatched } from '../../import/patchmoi.ts'
import { oneLine, renderConfig } from '../../import/render-config.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'

const formats = ['patchmoi']

/** Turns the settings of another tool into an `undrift.yaml`, and says what has no counterpart. */
export async function importConfig(context: Context, input: CommandInput): Promise<CommandResult> {
  const [format = '', file = ''] = input.args
  checkFormat(format)
  const found = readPatchmoi(await read(context, file), file)
  const yaml = renderConfig(found.upstreams, file === '-' ? 'feed-sources.json' : basename(file))
  const parsed = parseConfig(yaml, 'undrift.yaml')
  if (parsed.kind === 'invalid') {
    const [problem] = parsed.problems
    throw new UndriftError('UNDRIFT_E_INPUT', `${file} cannot be turned into a config: ${problem?.message}.`)
  }
  const { out } = input.options
  const target = typeof out === 'string' ? resolve(context.cwd, out) : null
  if (target !== null) await write(target, yaml)
  report(context, found, target)
  return {
    exitCode: 0,
    text: target === null ? yaml.trimEnd() : '',
    json: {
      version: 1,
      out: target,
      config: yaml,
      upstreams: found.upstreams.map(({ name, source }) => ({ name, source })),
      unmatched: found.unmatched,
    },
  }
}

function checkFormat(format: string): void {
  if (formats.includes(format)) return
  const near = nearest(format, formats)
  throw new UndriftError('UNDRIFT_E_USAGE', `\`${format}\` cannot be imported.`, {
    hint: near === null ? `What can: ${formats.join(', ')}.` : `Did you mean \`${near}\`?`,
  })
}

async function read(context: Context, file: string): Promise<string> {
  if (file === '-') return text(process.stdin)
  try {
    return await readFile(resolve(context.cwd, file), 'utf8')
  } catch (cause) {
    throw new UndriftError('UNDRIFT_E_INPUT', `The file ${file} cannot be read.`, {
      cause,
      hint: 'Name the feed-sources.json of patch.moi, or - for stdin.',
    })
  }
}

/** A config that is there already is somebody's work. */
async function write(target: string, yaml: string): Promise<void> {
  try {
    await writeFile(target, yaml, { flag: 'wx' })
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    throw new UndriftError(
      'UNDRIFT_E_INPUT',
      `${target} ${isThere ? 'is there already' : 'cannot be written'}.`,
      {
        cause,
        hint: 'Name another file with --out; nothing is ever overwritten.',
      },
    )
  }
}

function report(context: Context, { upstreams, unmatched }: ImportedSources, target: string | null): void {
  for (const one of unmatched) context.say(sentence(one))
  for (const { name } of upstreams.filter(({ git }) => git === null)) {
    context.say(`${name}: the file does not say where the repository is; a PLACEHOLDER stands there.`)
  }
  if (upstreams.length > 0) {
    context.say('forks: patch.moi keeps them elsewhere; complete the lines that are marked PLACEHOLDER.')
  }
  if (target !== null) context.say(`Written: ${target}`)
}

function sentence({ source, field, why }: Unmatched): string {
  const where = oneLine(`${source === null ? '' : `${source}: `}${field}`)
  return `${where} has no counterpart. ${why}`
}
