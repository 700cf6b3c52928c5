import { UndriftError } from '../domain/errors.ts'
import { listResolutions, type Resolution } from '../git/index.ts'
import type { LocalMirror } from './mirrors.ts'

/** A resolution and the mirror that remembers it. */
export interface KeptResolution extends LocalMirror {
  readonly resolution: Resolution
}

/** Every resolution of these mirrors, the newest first. */
export async function keptResolutions(mirrors: readonly LocalMirror[]): Promise<readonly KeptResolution[]> {
  const kept: KeptResolution[] = []
  for (const each of mirrors) {
    for (const resolution of await listResolutions(each.mirror)) kept.push({ ...each, resolution })
  }
  return kept.sort((one, other) => Date.parse(other.resolution.at) - Date.parse(one.resolution.at))
}

/**
 * The resolution whose key begins so; the same key may be in several mirrors. Throws UNDRIFT_E_NOT_FOUND, and
 * UNDRIFT_E_USAGE where several keys begin so.
 */
export function resolutionsByKey(
  kept: readonly KeptResolution[],
  beginning: string,
): readonly [KeptResolution, ...KeptResolution[]] {
  const [first, ...more] = kept.filter(({ resolution }) => resolution.key.startsWith(beginning.toLowerCase()))
  if (first === undefined || beginning === '') {
    throw new UndriftError(
      'UNDRIFT_E_NOT_FOUND',
      `No resolution has a key that begins with \`${beginning}\`.`,
      {
        hint: 'List them with `undrift resolutions`.',
      },
    )
  }
  const keys = [...new Set([first, ...more].map(({ resolution }) => resolution.key))]
  if (keys.length > 1) {
    throw new UndriftError(
      'UNDRIFT_E_USAGE',
      `\`${beginning}\` begins ${keys.length} keys: ${keys.join(', ')}.`,
      {
        hint: 'Give more of the key.',
      },
    )
  }
  return [first, ...more]
}
