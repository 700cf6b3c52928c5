import { stat } from 'node:fs/promises'
import { UndriftError } from '../domain/errors.ts'
import { runGit } from '../git/process/command.ts'
import { trustIn } from '../git/process/safe-directory.ts'
import type { Mirror } from '../git/types.ts'

/** The repository that a person named by a folder in it, whoever owns it. Throws UNDRIFT_E_INPUT where there is none. */
export async function openRepository(
  cwd: string,
  options: { readonly named: string; readonly signal: AbortSignal },
): Promise<Mirror> {
  const { named, signal } = options
  const found = await stat(cwd).catch(() => null)
  if (!found?.isDirectory()) throw new UndriftError('UNDRIFT_E_INPUT', `There is no folder ${named}.`)
  const argv = ['rev-parse', '--absolute-git-dir']
  try {
    const answer = await runGit({ cwd, signal }, argv, { config: [...trustIn(cwd)] })
    return { path: answer.stdout.toString('utf8').replace(/\n$/, ''), signal }
  } catch (cause) {
    signal.throwIfAborted()
    if (cause instanceof UndriftError && cause.code === 'UNDRIFT_E_REFUSED') throw notOurs(cause, cwd)
    throw new UndriftError('UNDRIFT_E_INPUT', `${named} is no Git repository.`, {
      cause,
      hint: 'See --repo.',
    })
  }
}

/** A folder below a repository of somebody else's: only the repository itself can be meant to be trusted. */
function notOurs(cause: UndriftError, cwd: string): UndriftError {
  return new UndriftError(
    'UNDRIFT_E_INPUT',
    `${cwd} lies in a repository of another owner. ${cause.message}`,
    {
      cause,
      hint: 'Name the top folder of the repository itself: a path that you write is trusted, one above it is not.',
    },
  )
}
