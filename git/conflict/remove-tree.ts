import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { lstat, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** What is on its way out has this ending: whatever could not be removed is nobody's, and may be tried again. */
export const removingEnding = '.removing'

/**
 * Removes a folder that untrusted code could write to. It is renamed first, so that its name is free whatever is in it; what
 * cannot be removed after that stays under a name that the next start of a worker tries again. Throws when it cannot even
 * be renamed.
 */
export async function removeTree(dir: string): Promise<void> {
  const there = await lstat(dir).catch(() => null)
  if (there === null) return
  const aside = dir.endsWith(removingEnding) ? dir : join(dirname(dir), `.${randomUUID()}${removingEnding}`)
  try {
    if (aside !== dir) await rename(dir, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  await removeForGood(aside)
}

/**
 * Removes it by the system's own program, and says whether nothing is left: Node goes by paths that are text, and is lost
 * in 3,000 nested folders and in names that are no UTF-8. Builds leave folders behind that may not be written to.
 */
async function removeForGood(dir: string): Promise<boolean> {
  const run = (program: string, argv: readonly string[]) =>
    promisify(execFile)(program, [...argv], {
      env: { PATH: `${process.env.PATH ?? ''}:/usr/bin:/bin` },
      maxBuffer: 64 * 1024 ** 2,
    })
  try {
    await run('rm', ['-rf', '--', dir])
    return true
  } catch {
    await run('chmod', ['-R', 'u+rwX', '--', dir]).catch(() => {})
    return run('rm', ['-rf', '--', dir]).then(
      () => true,
      () => false,
    )
  }
}
