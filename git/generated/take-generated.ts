import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { type Bytes, displayPath, fromBytes, readableText, toBytes } from '../objects/bytes.ts'
import { inQuarantine, migrate, type Quarantine } from '../objects/quarantine.ts'
import { type GitOptions, runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'
import { type Standing, standingsOf } from './standing.ts'

/** A work tree as it was before anybody else wrote into it. */
export interface NotedWorkTree {
  readonly dir: string
  readonly index: Buffer
  /** In seconds. */
  readonly indexTime: number
}

/** Some paths by name, and how many there are. */
export interface PathList {
  readonly paths: readonly string[]
  readonly count: number
}

export type TakenGenerated =
  | {
      readonly kind: 'taken'
      /** The commit's tree with the generated files as they lie in the work tree. */
      readonly tree: Oid
      /** What was changed beside them, files that Git ignores left out. */
      readonly outside: PathList
    }
  /** Something stands where a generated file should be that cannot be taken; one sentence. */
  | { readonly kind: 'refused'; readonly why: string }

const mostFiles = 20_000
const mostBytes = 256 << 20
const mostNames = 20

/** Notes the state of a fresh work tree: what a command does to its `.git` afterwards has no say. */
export async function noteWorkTree(dir: string): Promise<NotedWorkTree> {
  const file = join(dir, '.git', 'index')
  const [index, { mtimeMs }] = await Promise.all([readFile(file), stat(file)])
  return { dir, index, indexTime: mtimeMs / 1000 }
}

/**
 * Takes the files that `isGenerated` names out of a work tree in which commands ran: regular files only, never through
 * a symlink, and only so many. Everything else that the commands changed stays where it is. The work tree's own
 * config, hooks and filters have no say: git runs in a quarantine, on the index that was noted.
 */
export function takeGenerated(
  mirror: Mirror,
  from: {
    readonly noted: NotedWorkTree
    readonly head: Oid
    readonly isGenerated: (path: string) => boolean
  },
): Promise<TakenGenerated> {
  const { noted, head, isGenerated } = from
  return inQuarantine(mirror, async (quarantine): Promise<TakenGenerated> => {
    await placeIndex(quarantine, noted)
    const options = { env: { GIT_WORK_TREE: noted.dir } }
    const [tracked, untracked, shown] = await Promise.all([
      list(
        quarantine,
        ['diff-files', '--name-only', '-z', '--ignore-submodules=all', '--no-ext-diff'],
        options,
      ),
      list(quarantine, ['ls-files', '--others', '-z'], options),
      list(quarantine, ['ls-files', '--others', '--exclude-standard', '-z'], options),
    ])
    const isOurs = (path: Bytes) => isGenerated(readableText(path, null))
    // A folder that is a repository of its own is listed with a slash, and holds nothing of ours.
    const wanted = [...tracked, ...untracked].filter((path) => !path.endsWith('/') && isOurs(path))
    const others = tracked.filter((path) => !isOurs(path))
    const why = whyRefused(await standingsOf(noted.dir, wanted)) ?? whyInTheWay(wanted, others)
    if (why !== null) return { kind: 'refused', why }
    const stdin = fromBytes(wanted.map((path) => `${path}\0`).join(''))
    await runGit(quarantine, ['update-index', '--add', '--remove', '-z', '--stdin'], { ...options, stdin })
    const written = await runGit(quarantine, ['write-tree'], options)
    const tree = written.stdout.toString('latin1').trim()
    await migrate(quarantine, [tree], [head])
    return { kind: 'taken', tree, outside: named([...others, ...shown.filter((path) => !isOurs(path))]) }
  })
}

/** Dated before the original, so that a file which was changed in the instant after it was written is looked into. */
async function placeIndex(quarantine: Quarantine, { index, indexTime }: NotedWorkTree): Promise<void> {
  const file = join(quarantine.path, 'index')
  await writeFile(file, index)
  await utimes(file, indexTime - 2, indexTime - 2)
}

async function list(
  quarantine: Quarantine,
  argv: readonly string[],
  options: GitOptions,
): Promise<readonly Bytes[]> {
  return toBytes((await runGit(quarantine, argv, options)).stdout)
    .split('\0')
    .filter(Boolean)
}

function whyRefused(standings: readonly Standing[]): string | null {
  const odd = standings.find(({ kind }) => kind !== 'file' && kind !== 'gone')
  if (odd) return `${name(odd.path)} is ${odd.kind}; only regular files are taken.`
  const files = standings.filter(({ kind }) => kind === 'file')
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (files.length > mostFiles) return `${files.length} files are more than the ${mostFiles} that are taken.`
  return bytes > mostBytes
    ? `The files weigh ${bytes} bytes, more than the ${mostBytes} that are taken.`
    : null
}

/** A file that no pattern names keeps its place, even where a command put something else there. */
function whyInTheWay(wanted: readonly Bytes[], others: readonly Bytes[]): string | null {
  for (const other of others) {
    const met = wanted.find((path) => path.startsWith(`${other}/`) || other.startsWith(`${path}/`))
    if (met !== undefined) return `${name(met)} stands in the way of ${name(other)}, which no pattern names.`
  }
  return null
}

function named(paths: readonly Bytes[]): PathList {
  const sorted = [...new Set(paths)].sort()
  return { paths: sorted.slice(0, mostNames).map(name), count: sorted.length }
}

function name(path: Bytes): string {
  return displayPath(path).text
}
