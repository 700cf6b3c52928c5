import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { ObjectFormat } from '../objects/objects.ts'
import { runGit } from '../process/command.ts'
import { hasGitProcess } from '../process/processes.ts'
import { gitVersion } from '../process/version.ts'
import type { Mirror, MirrorOptions } from '../types.ts'
import { withLockFile, withMirrorLock } from './mirror-lock.ts'

/** Where the system does not show who owns a lock, it counts as left behind after so long. */
const lockAgeMs = 3_600_000

/**
 * Opens the bare mirror, makes it when it is missing, and clears away what a killed process left. Safe while other
 * processes open or use the same mirror. Throws UNDRIFT_E_GIT_VERSION for a git that is too old, and
 * UNDRIFT_E_INTEGRITY for a repository with grafts, which change what a commit is.
 */
export async function openMirror(options: MirrorOptions): Promise<Mirror> {
  await gitVersion()
  const signal = options.signal ?? null
  const parent = dirname(options.path)
  await mkdir(parent, { recursive: true })
  const path = join(await realpath(parent), basename(options.path))
  if (!(await exists(join(path, 'HEAD')))) await make(path, options.format ?? 'sha1', signal)
  const { limits, waits } = options
  const mirror: Mirror = { path, signal, ...(limits ? { limits } : {}), ...(waits ? { waits } : {}) }
  await refuseGrafts(path)
  await removeDeadLocks(mirror)
  return mirror
}

/** Built aside and renamed: at no moment is there half a mirror under the name. */
async function make(path: string, format: ObjectFormat, signal: AbortSignal | null): Promise<void> {
  await withLockFile(
    `${path}.making.lock`,
    async () => {
      if (await exists(join(path, 'HEAD'))) return
      const aside = `${path}.${randomUUID()}.making`
      try {
        // No template: its hooks and info/exclude would be somebody else's.
        await runGit(
          { cwd: dirname(path), signal },
          ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, '--', aside],
          {},
        )
        await mkdir(join(aside, 'info'), { recursive: true })
        await removeOldMakings(path, aside)
        await rename(aside, path)
      } catch (error) {
        await rm(aside, { recursive: true, force: true })
        throw error
      }
    },
    { signal },
  )
}

/** Under the making lock nobody else makes this mirror, so every other half-made one was left behind. */
async function removeOldMakings(path: string, mine: string): Promise<void> {
  const prefix = `${basename(path)}.`
  const names = await readdir(dirname(path))
  for (const name of names.filter((each) => each.startsWith(prefix) && each.endsWith('.making'))) {
    const left = join(dirname(path), name)
    if (left !== mine) await rm(left, { recursive: true, force: true })
  }
}

async function refuseGrafts(path: string): Promise<void> {
  const grafts = join(path, 'info', 'grafts')
  const found = await stat(grafts).catch(() => null)
  if (!found || found.size === 0) return
  throw new UndriftError(
    'UNDRIFT_E_INTEGRITY',
    `The mirror has grafts (${grafts}): its commits are not what they seem.`,
    {
      hint: 'Remove the grafts file, or the whole mirror; it is fetched anew.',
    },
  )
}

/** Removes what git processes that were killed left behind; does nothing while any git process works in the mirror. */
async function removeDeadLocks(mirror: Mirror): Promise<void> {
  if ((await findLocks(mirror.path)).length === 0) return
  await withMirrorLock(mirror, async () => {
    // The list comes before the look at the processes: a lock on it whose owner does not run now has a dead owner.
    const locks = await findLocks(mirror.path)
    const working = await hasGitProcess(mirror.path)
    if (working === true) return
    for (const lock of locks) {
      const now = await lstat(lock.path).catch(() => null)
      if (!now || now.ino !== lock.ino || now.mtimeMs !== lock.mtimeMs) continue
      if (working === null && Date.now() - now.mtimeMs < lockAgeMs) continue
      await rm(lock.path, { force: true })
    }
  })
}

interface FoundLock {
  readonly path: string
  readonly ino: number
  readonly mtimeMs: number
}

/** What a git process holds while it works, and leaves when it is killed: locks, and half-written refs and packs. */
async function findLocks(path: string): Promise<FoundLock[]> {
  const names = await Promise.all([
    namesIn(path, '', (name) => isLock(name) || name === 'packed-refs.new'),
    namesIn(path, 'refs', isLock),
    namesIn(path, join('objects', 'info'), isLock),
    namesIn(path, join('objects', 'pack'), (name) => isLock(name) || name.startsWith('tmp_')),
  ])
  const found: FoundLock[] = []
  for (const name of names.flat()) {
    const entry = await lstat(join(path, name)).catch(() => null)
    if (entry) found.push({ path: join(path, name), ino: entry.ino, mtimeMs: entry.mtimeMs })
  }
  return found
}

async function namesIn(path: string, folder: string, wanted: (name: string) => boolean): Promise<string[]> {
  const names = await readdir(join(path, folder), { recursive: folder === 'refs' }).catch(() => [])
  return names.filter(wanted).map((name) => join(folder, name))
}

/** Our own locks are looked after where they are taken. */
function isLock(name: string): boolean {
  return name.endsWith('.lock') && !name.startsWith('undrift-')
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
