import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { Limits } from '../../domain/limits.ts'
import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { readWholeTree } from '../objects/tree.ts'
import { weighTree } from '../objects/weigh.ts'
import { type GitOptions, type Place, type RunOptions, runGit } from '../process/command.ts'
import { nameFullDisk } from '../process/disk.ts'
import type { Mirror } from '../types.ts'
import { removeTree } from './remove-tree.ts'
import { makeSparse } from './sparse.ts'

/** A work tree in the making: a repository of its own, which knows nothing of the mirror but where objects lie, if that. */
export interface WorkTree {
  readonly dir: string
  /** Runs git in it, with its own index and files. */
  run(argv: readonly string[], options?: RunOptions): ReturnType<typeof runGit>
}

/**
 * Makes a work tree aside and renames it into place when `fill` is done with it: there is never half of one under its
 * name, and when anything fails (a full disk, most of all) nothing of it stays.
 */
export async function makeWorkTree(
  mirror: Mirror,
  where: {
    readonly dir: string
    readonly head: Oid
    /** `borrowed` are the mirror's, and with them those of every fork: never where strangers' code runs. */
    readonly objects: 'borrowed' | 'own'
  },
  fill: (tree: WorkTree) => Promise<void>,
): Promise<void> {
  const { dir, head, objects } = where
  await mkdir(dirname(dir), { recursive: true, mode: 0o700 })
  await removeHalfMade(dir)
  const aside = `${dir}.${randomUUID()}.making`
  try {
    const cwd = { cwd: dirname(dir), signal: mirror.signal }
    await runGit(cwd, ['init', '--quiet', '--template=', `--object-format=${formatOf(head)}`, '--', aside])
    const gitDir = join(aside, '.git')
    if (objects === 'borrowed') {
      await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${join(mirror.path, 'objects')}\n`)
    }
    await writeFile(join(gitDir, 'HEAD'), `${head}\n`)
    await fill(openWorkTree(aside, mirror.signal))
    await rename(aside, dir)
  } catch (error) {
    // Asked before anything is removed, while the disk is as full as it was.
    const named = await nameFullDisk(error, dirname(dir))
    await removeTree(aside)
    throw named
  }
}

function openWorkTree(dir: string, signal: AbortSignal | null): WorkTree {
  const place: Place = { cwd: dir, signal }
  const env = { GIT_DIR: join(dir, '.git'), GIT_WORK_TREE: dir }
  return {
    dir,
    run: (argv, options = {}) => runGit(place, argv, { ...options, env: { ...env, ...options.env } }),
  }
}

function formatOf(oid: Oid): string {
  return oid.length === 64 ? 'sha256' : 'sha1'
}

/** What a killed process left of making this very work tree. */
async function removeHalfMade(dir: string): Promise<void> {
  const prefix = `${basename(dir)}.`
  const names = await readdir(dirname(dir))
  const left = names.filter((name) => name.startsWith(prefix) && name.endsWith('.making'))
  for (const name of left) await removeTree(join(dirname(dir), name))
}

export interface Filling {
  /** Where the tree lies. */
  readonly objects: Place
  readonly tree: Oid
  /** Those of the place where they are left out. */
  readonly limits?: Limits
  /** Brings the objects, once it is known that they are not too heavy. */
  readonly bring?: () => Promise<void>
  /** Shows only what is near these paths when the tree holds more files than `above`. */
  readonly sparse?: { readonly near: readonly Bytes[]; readonly above: number }
}

/**
 * Writes a tree's files and the index. Throws UNDRIFT_E_STACK, naming the path, for an entry that no work tree may
 * hold (`.git/config`, `..`). A symlink is text, wherever it leads: whoever reads a file of a work tree that strangers could
 * write to looks at every name on the way, as `standingsOf` does.
 */
export async function fillWorkTree(workTree: WorkTree, filling: Filling): Promise<void> {
  const { objects, tree, sparse } = filling
  const { paths, bytes } = await weighTree(objects, tree, filling.limits)
  await filling.bring?.().catch(async (error: unknown) => {
    throw await nameFullDisk(error, workTree.dir, { needed: bytes })
  })
  try {
    await workTree.run(['read-tree', tree])
  } catch (error) {
    const path = /invalid path '(.*)'/.exec(String(error))?.[1]
    if (path === undefined) throw error
    throw new UndriftError(
      'UNDRIFT_E_STACK',
      `The tree ${tree} holds "${path}", which no work tree may hold.`,
      {
        cause: error,
        hint: 'Find the commit that added it with `git log --all -- <path>`, and leave it out of the stack.',
      },
    )
  }
  if (sparse && paths > sparse.above) {
    await makeSparse(workTree, (await readWholeTree(objects, tree)).keys(), sparse.near)
  }
  const argv = ['checkout-index', '--all', '--force', '--index', '--quiet']
  try {
    // Modes as everybody's checkout has them, whatever this worker's own mask: checks look at such things.
    await workTree.run(argv, { config: [['checkout.workers', '0']], umask: 0o022 })
  } catch (error) {
    const isFull = error instanceof UndriftError && error.code === 'UNDRIFT_E_DISK'
    if (!isFull && !/unable to (write|create) file/.test(String(error))) throw error
    throw await nameFullDisk(error, workTree.dir, { needed: bytes })
  }
}

/** The contents of some blobs by the names that they are asked for with, in one process; a missing one is left out. */
export async function readBlobs(
  place: Place,
  names: readonly string[],
  options: GitOptions = {},
): Promise<Map<string, Buffer>> {
  const blobs = new Map<string, Buffer>()
  const asked = [...new Set(names)]
  if (asked.length === 0) return blobs
  const { stdout } = await runGit(place, ['cat-file', '--batch'], {
    ...options,
    stdin: `${asked.join('\n')}\n`,
  })
  let at = 0
  for (const name of asked) {
    const lineEnd = stdout.indexOf(10, at)
    const size = /^[0-9a-f]+ \w+ (\d+)$/.exec(stdout.toString('latin1', at, lineEnd))?.[1]
    at = lineEnd + 1
    if (size === undefined) continue
    const end = at + Number(size)
    blobs.set(name, stdout.subarray(at, end))
    at = end + 1
  }
  return blobs
}
