import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openMirror } from '../git/mirror/mirror.ts'
import { throwAwayFolder } from '../git/objects/quarantine.ts'
import { runGit } from '../git/process/command.ts'
import type { Mirror } from '../git/types.ts'

/**
 * Runs `work` in a throw-away mirror that knows what the mirror at `path` knows, where there is one, and borrows its
 * objects: what is fetched into it, and whatever refs it gets, ends with it. Invariant: the mirror is only read.
 */
export async function inPlanMirror<T>(
  path: string,
  signal: AbortSignal,
  work: (mirror: Mirror) => Promise<T>,
): Promise<T> {
  const folder = throwAwayFolder()
  try {
    const mirror = await openMirror({ path: join(folder, 'mirror.git'), signal })
    if (await stat(join(path, 'objects')).catch(() => null)) await borrow(mirror, path)
    return await work(mirror)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function borrow(mirror: Mirror, from: string): Promise<void> {
  await writeFile(join(mirror.path, 'objects', 'info', 'alternates'), `${join(from, 'objects')}\n`)
  const listed = await runGit({ path: from, signal: mirror.signal }, [
    'for-each-ref',
    '--format=create %(refname) %(objectname)',
  ])
  await runGit(mirror, ['update-ref', '--stdin'], { stdin: listed.stdout })
}
