import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { type ConfigEntry, environmentOf, runGit } from '../process/command.ts'
import { strictCheck } from '../process/environment.ts'
import { startTogether, type Together, type TogetherCommand } from '../process/together.ts'
import type { Mirror } from '../types.ts'
import { type ObjectFormat, type ObjectOptions, type ObjectStore, openObjects } from './objects.ts'

/**
 * A throw-away git folder that borrows a repository's objects and nothing else of it: no config, no refs, no
 * attributes, no index, no hooks. What is made in it stays in it until it is proved and migrated.
 */
export interface Quarantine extends Mirror {
  readonly source: Mirror
  readonly format: ObjectFormat
  readonly objects: ObjectStore
  /** Commits whose parents were cut off by a shallow clone. */
  readonly shallow: ReadonlySet<Oid>
  /** What was started at once for it. */
  readonly together?: Together
}

/** Nothing in a quarantine outlives a crash, so nothing in it is worth waiting for the disk. */
export const quarantineConfig: readonly ConfigEntry[] = [['core.fsync', 'none']]

const prefix = 'undrift-quarantine-'
/** Another machine's process may have its folder on the same disk; none of its plans takes that long. */
const leftBehindMs = 3_600_000

export interface QuarantineOptions {
  readonly writes?: ObjectOptions['writes']
  /** What the work will need for certain, in the quarantine; it is started at once. */
  readonly needs?: (place: Mirror) => readonly TogetherCommand[]
  /** Ends what runs in the quarantine; the repository's own when left out. */
  readonly signal?: AbortSignal
}

/** Runs `work` in a quarantine of the repository and throws the quarantine away afterwards. */
export async function inQuarantine<T>(
  source: Mirror,
  work: (quarantine: Quarantine) => Promise<T>,
  options: QuarantineOptions = {},
): Promise<T> {
  const { format, folder } = await describe(source)
  await sweepOnce()
  const path = throwAwayFolder()
  try {
    makeFolder(path, format, join(folder, 'objects'))
    const shallow = shallowCommits(folder, path)
    const signal = options.signal ?? source.signal
    const bare = { path, signal, ...(source.limits ? { limits: source.limits } : {}) }
    const together =
      options.needs &&
      startTogether(options.needs(bare), {
        folder: path,
        env: environmentOf(bare, { config: quarantineConfig }),
      })
    const place = { ...bare, ...(together ? { together } : {}) }
    const objects = openObjects(place, { format, writes: options.writes ?? 'at-once' })
    try {
      return await work({ ...place, source, format, objects, shallow })
    } finally {
      await objects.close()
      await together?.close()
    }
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

/** A new folder that ends with the process; where the process is killed, a later one removes it. */
export function throwAwayFolder(): string {
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
}

let isSwept = false

/** Removes the quarantines of processes that were killed; what cannot be removed is the next process's business. */
async function sweepOnce(): Promise<void> {
  if (isSwept) return
  isSwept = true
  const names = (await readdir(tmpdir()).catch(() => [])).filter((name) => name.startsWith(prefix))
  for (const name of names) {
    const path = join(tmpdir(), name)
    const pid = Number(name.slice(prefix.length).split('-')[0])
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now())
    if (isAlive(pid) || age < leftBehindMs) continue
    await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * An empty bare repository, as `git init` makes it; made by hand and at one go, because every plan begins with one, and a
 * turn of the event loop for each of its parts would cost more than they do.
 */
function makeFolder(path: string, format: ObjectFormat, alternate: string): void {
  mkdirSync(join(path, 'objects', 'info'), { recursive: true })
  mkdirSync(join(path, 'objects', 'pack'))
  mkdirSync(join(path, 'refs'))
  const extension = format === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${format}\n`
  const version = format === 'sha1' ? 0 : 1
  writeFileSync(join(path, 'HEAD'), 'ref: refs/heads/none\n')
  writeFileSync(
    join(path, 'config'),
    `[core]\n\trepositoryformatversion = ${version}\n\tbare = true\n${extension}`,
  )
  writeFileSync(join(path, 'objects', 'info', 'alternates'), `${alternate}\n`)
}

/** Moves what the objects need and the repository lacks into it, as one checked pack; `known` bounds the walk. */
export async function migrate(
  quarantine: Quarantine,
  wanted: readonly Oid[],
  known: readonly Oid[],
): Promise<void> {
  quarantine.objects.flush()
  const packed = await runGit(
    quarantine,
    ['pack-objects', '--revs', '--local', '--no-reuse-object', '--stdout', '-q'],
    {
      stdin: [...wanted, ...known.map((oid) => `^${oid}`), ''].join('\n'),
      config: quarantineConfig,
    },
  )
  await runGit(quarantine.source, ['index-pack', '--stdin', strictCheck], { stdin: packed.stdout })
}

/** The object format, and the folder that holds objects, which for a linked work tree is not its own. */
async function describe(source: Mirror): Promise<{ readonly format: ObjectFormat; readonly folder: string }> {
  if (isPlain(source.path)) return { format: 'sha1', folder: resolve(source.path) }
  const answer = await runGit(source, [
    'rev-parse',
    '--path-format=absolute',
    '--show-object-format',
    '--git-common-dir',
  ])
  const [format, folder] = answer.stdout.toString('utf8').split('\n')
  if ((format !== 'sha1' && format !== 'sha256') || !folder) {
    throw new UndriftError(
      'UNDRIFT_E_GIT',
      `The objects of ${source.path} are of a format that is not known.`,
    )
  }
  return { format, folder }
}

/** Whether the files of a repository already tell what git would say of it: every plan begins with a process less. */
function isPlain(path: string): boolean {
  if (!existsSync(join(path, 'objects')) || !existsSync(join(path, 'HEAD'))) return false
  if (!existsSync(join(path, 'config')) || existsSync(join(path, 'commondir'))) return false
  return !/extensions|include/i.test(readFileSync(join(path, 'config'), 'latin1'))
}

/** Carries the shallow boundary over, so that walks end where the history does; refuses grafts. */
function shallowCommits(folder: string, path: string): ReadonlySet<Oid> {
  const grafts = join(folder, 'info', 'grafts')
  if (existsSync(grafts) && /^[^#\s]/m.test(readFileSync(grafts, 'latin1'))) {
    throw new UndriftError('UNDRIFT_E_STACK', 'The repository has grafts, which change what a commit is.', {
      hint: 'Remove info/grafts, or make them real with `git replace` and `git filter-repo`.',
    })
  }
  const shallow = join(folder, 'shallow')
  if (!existsSync(shallow)) return new Set()
  copyFileSync(shallow, join(path, 'shallow'))
  return new Set(readFileSync(shallow, 'latin1').split('\n').filter(Boolean))
}
