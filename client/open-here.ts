import { UndriftError } from '../domain/errors.ts'
import { shellWord } from '../domain/shell-word.ts'
import { openConflict, type Replay } from '../git/index.ts'
import type { LocalReplay } from './local-conflict.ts'

type Conflict = Extract<Replay, { readonly kind: 'conflict' }>['at']

/** Makes the work tree of an attempt's conflict; where no work tree can be made, the hint says how the attempt goes on. */
export async function openHere(local: Pick<LocalReplay, 'mirror' | 'dir'>, conflict: Conflict, id: string) {
  try {
    return await openConflict(local.mirror, { conflict, dir: local.dir })
  } catch (error) {
    if (!(error instanceof UndriftError) || error.code !== 'UNDRIFT_E_STACK') throw error
    const attempt = shellWord(id)
    const next = `Mended in the fork: \`undrift resume ${attempt}\`. Without this release: \`undrift skip ${attempt}\`.`
    throw new UndriftError(error.code, error.message, { cause: error, hint: `${error.hint} ${next}` })
  }
}
