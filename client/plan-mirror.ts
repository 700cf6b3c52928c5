import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../domain/patch.ts'
import { openMirror } from '../git/mirror/mirror.ts'
import { formatOfMirror, takeFormat } from '../git/mirror/object-format.ts'
import { throwAwayFolder } from '../git/objects/quarantine.ts'
import { runGit } from '../git/process/command.ts'
import { strictCheck } from '../git/process/environment.ts'
import type { Mirror, MirrorOptions } from '../git/types.ts'

/** A mirror to plan in. */
export interface PlanMirror extends Mirror {
  /** Takes a commit that was made or fetched here to the mirror that lasts, with all that it needs. */
  bring(commit: Oid): Promise<void>
}

/**
 * Runs `work` in a throw-away mirror that knows what the mirror at `path` knows, where there is one, and borrows its
 * objects: what is fetched into it, and whatever refs it gets, ends with it. Invariant: the mirror is only read.
 */
export async function inPlanMirror<T>(
  path: string,
  { signal, limits }: Pick<MirrorOptions, 'limits'> & { readonly signal: AbortSignal },
  work: (mirror: PlanMirror) => Promise<T>,
): Promise<T> {
  const folder = throwAwayFolder()
  try {
    const isThere = (await stat(join(path, 'objects')).catch(() => null)) !== null
    const mirror = await openMirror({
      path: join(folder, 'mirror.git'),
      format: isThere ? await formatOfMirror({ path, signal }) : 'sha1',
      signal,
      ...(limits ? { limits } : {}),
    })
    if (isThere) await borrow(mirror, path)
    return await work({ ...mirror, bring: (commit) => bringTo({ path, signal }, mirror, commit) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As one checked pack of what is not borrowed: nothing else of what was fetched stays, and no ref. */
async function bringTo(to: MirrorOptions, from: Mirror, commit: Oid): Promise<void> {
  const target = await openMirror(to)
  await takeFormat(target, { url: from.path, oid: commit })
  const known = await runGit(target, ['for-each-ref', '--format=^%(objectname)'])
  const packed = await runGit(from, ['pack-objects', '--revs', '--local', '--stdout', '-q'], {
    stdin: `${commit}\n${known.stdout.toString('latin1')}`,
  })
  await runGit(target, ['index-pack', '--stdin', strictCheck], { stdin: packed.stdout })
}

async function borrow(mirror: Mirror, from: string): Promise<void> {
  await writeFile(join(mirror.path, 'objects', 'info', 'alternates'), `${join(from, 'objects')}\n`)
  const listed = await runGit({ path: from, signal: mirror.signal }, [
    'for-each-ref',
    '--format=create %(refname) %(objectname)',
  ])
  await runGit(mirror, ['update-ref', '--stdin'], { stdin: listed.stdout })
}
