import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UndriftError } from '../domain/errors.ts'
import { shellWord } from '../domain/shell-word.ts'

/** What nobody else may: read, write or enter. */
const others = 0o077

/**
 * Makes a folder that is for nobody else's eyes, or refuses one that is open to others, or whose parts are: what is in it is
 * the history of every attempt, and work trees in which untrusted code may leave a program that runs as this user.
 * Throws UNDRIFT_E_USAGE.
 */
export function openPrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  demandPrivate(path, path)
  for (const name of readdirSync(path)) demandPrivate(join(path, name), path)
}

function demandPrivate(path: string, root: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  const own = process.getuid?.()
  if (own === undefined) return
  if (found.uid !== own) {
    throw refused(root, `${path} belongs to user ${found.uid}, and this is user ${own}`, {
      hint: 'Run Undrift as the owner of its data folder, or name another folder with --data or UNDRIFT_DATA.',
    })
  }
  if ((found.mode & others) === 0) return
  const mode = (found.mode & 0o7777).toString(8).padStart(4, '0')
  throw refused(root, `${path} is open to other users (mode ${mode})`, {
    hint: `Close it: \`chmod -R go-rwx ${shellWord(root)}\``,
  })
}

function refused(root: string, why: string, options: { readonly hint: string }): UndriftError {
  return new UndriftError('UNDRIFT_E_USAGE', `The data folder ${root} is not private: ${why}.`, options)
}
