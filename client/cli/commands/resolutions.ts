import { nearest } from '../../../config/nearest.ts'
import { UndriftError } from '../../../domain/errors.ts'
import { revokeResolution } from '../../../git/index.ts'
import { displayPath } from '../../../git/objects/bytes.ts'
import { decider } from '../../decide.ts'
import { type KeptResolution, keptResolutions, resolutionsByKey } from '../../find-resolution.ts'
import { localMirrors } from '../../mirrors.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { renderResolution, renderResolutions } from '../render/resolutions.ts'

const actions = ['list', 'show', 'revoke']

/** Lists, shows and revokes what conflicts were settled with. Needs no server and no config. */
export async function resolutions(context: Context, input: CommandInput): Promise<CommandResult> {
  const [action = 'list', key] = input.args
  if (!actions.includes(action)) throw unknownAction(action)
  if (action === 'list' && key !== undefined) throw usage('`list` takes no key.')
  const kept = await keptResolutions(await localMirrors(context.data, context.signal))
  if (action === 'list') {
    return {
      exitCode: 0,
      text: renderResolutions(kept, { now: context.now(), style: context.style }),
      json: { version: 1, resolutions: kept.map(row) },
    }
  }
  if (key === undefined) throw usage(`\`${action}\` needs the key of a resolution, or its beginning.`)
  const found = resolutionsByKey(kept, key)
  if (action === 'revoke') return revoke(context, found, byOf(context, input))
  const [first] = found
  return {
    exitCode: 0,
    text: renderResolution(first, context.style),
    json: { version: 1, ...row(first), paths: paths(first, 'settled'), more: more(first) },
  }
}

async function revoke(
  context: Context,
  found: readonly [KeptResolution, ...KeptResolution[]],
  by: string,
): Promise<CommandResult> {
  const { key, patch } = found[0].resolution
  const at = context.now().toISOString()
  for (const { mirror } of found) await revokeResolution(mirror, key, { by, at })
  return {
    exitCode: 0,
    text: `Revoked ${key.slice(0, 12)}: the next replay of "${patch.subject.replace(/\p{Cc}+/gu, ' ')}" asks again.`,
    json: { version: 1, key, revoked: true, by, at },
  }
}

function row({ upstream, resolution }: KeptResolution) {
  const { key, oid, by, at, attempt, patch } = resolution
  return { key, upstream, oid, by, at, attempt, patch, paths: paths({ resolution }, 'plain') }
}

function paths({ resolution }: Pick<KeptResolution, 'resolution'>, detail: 'plain' | 'settled') {
  return resolution.paths.map(({ path, kind, settled, base, ours, theirs }) => {
    const plain = { path: displayPath(path).text, kind }
    return detail === 'plain' ? plain : { ...plain, base, ours, theirs, settled }
  })
}

function more({ resolution }: KeptResolution) {
  return resolution.more.map(({ path, before, after }) => ({ path: displayPath(path).text, before, after }))
}

function byOf(context: Context, input: CommandInput): string {
  return typeof input.options.by === 'string' ? input.options.by : decider(context.env)
}

function unknownAction(action: string): UndriftError {
  const near = nearest(action, actions)
  return usage(
    `There is no \`resolutions ${action}\`.`,
    near === null ? `There are: ${actions.join(', ')}.` : `Did you mean \`${near}\`?`,
  )
}

function usage(sentence: string, hint = 'See `undrift resolutions --help`.'): UndriftError {
  return new UndriftError('UNDRIFT_E_USAGE', sentence, { hint })
}
