import { execFileSync } from 'node:child_process'
import type { Oid } from '../../../domain/patch.ts'
import { serialiseCommit } from '../../objects/commit-object.ts'
import type { Game } from './game-testing.ts'
import type { Commit } from './history-testing.ts'
import type { Contents } from './nets-testing.ts'
import type { Packing } from './objects-testing.ts'
import { entriesOf, wordsIn } from './objects-testing.ts'

/** What git makes of picking the patches one by one onto the target. */
export type GitPicks =
  | { readonly kind: 'clean'; readonly tree: Oid; readonly contents: Contents }
  /** The number of the commit at which git stops. */
  | { readonly kind: 'conflict'; readonly at: number }

interface Place {
  readonly dir: string
  readonly packing: Packing
}

const environment = { PATH: process.env.PATH ?? '', HOME: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
const nobody = { author: 'n <> 0 +0000', committer: 'n <> 0 +0000', encoding: null, message: '' }

/**
 * Picks the patches of many histories side by side: the first of each in one `git merge-tree`, then the second. Null for
 * a history that is not one line of patches, or in which a commit belongs to another.
 */
export function pickInGit(place: Place, games: readonly Game[]): readonly (GitPicks | null)[] {
  const runs = games.map(({ oracle, written, history }) => ({
    written,
    patches: isLine(oracle.own) ? oracle.own : null,
    tree: written.trees[history.onto] as Oid,
    stopped: null as number | null,
  }))
  for (let round = 0; ; round += 1) {
    const going = runs.filter((run) => run.stopped === null && round < (run.patches?.length ?? 0))
    if (going.length === 0) break
    const sides = going.map((run) => {
      const patch = run.patches?.[round] as Commit
      const base = run.written.trees[patch.parents[0] ?? 0] as Oid
      return { base, ours: run.tree, theirs: run.written.trees[patch.number] as Oid }
    })
    const merged = mergeAll(place, sides)
    for (const [index, run] of going.entries()) {
      const tree = merged[index] ?? null
      if (tree === null) run.stopped = run.patches?.[round]?.number ?? null
      else run.tree = tree
    }
  }
  const clean = runs.filter((run) => run.patches !== null && run.stopped === null)
  const contents = readAll(place.dir, [...new Set(clean.map((run) => run.tree))])
  return runs.map(({ patches, stopped, tree }) => {
    if (patches === null) return null
    if (stopped !== null) return { kind: 'conflict', at: stopped }
    return { kind: 'clean', tree, contents: contents.get(tree) ?? new Map() }
  })
}

function isLine(patches: readonly Commit[]): boolean {
  return patches.every(({ parents, how }) => parents.length === 1 && how !== 'fixup')
}

/** Merges of three trees each, in one process; null for one that conflicts. */
function mergeAll(
  { dir, packing }: Place,
  all: readonly { readonly base: Oid; readonly ours: Oid; readonly theirs: Oid }[],
): readonly (Oid | null)[] {
  const carry = (tree: Oid, parents: readonly Oid[]): Oid =>
    packing.write('commit', serialiseCommit({ ...nobody, tree, parents }))
  const lines = all.map(({ base, ours, theirs }) => {
    const root = carry(base, [])
    return `${carry(ours, [root])} ${carry(theirs, [root])}\n`
  })
  packing.flush()
  const output = git(
    dir,
    ['merge-tree', '--write-tree', '--stdin', '--name-only', '--no-messages'],
    lines.join(''),
  )
  // A status, a tree, the paths of a conflict, and an empty field at the end.
  const fields = output.toString('latin1').split('\0')
  let at = 0
  return all.map(() => {
    const [status, tree = ''] = fields.slice(at, at + 2)
    at = fields.indexOf('', at) + 1
    return status === '1' ? tree : null
  })
}

/** The files of some trees. */
function readAll(dir: string, trees: readonly Oid[]): ReadonlyMap<Oid, Contents> {
  const found = new Map<Oid, Contents>()
  const names: { readonly tree: Oid; readonly path: string; readonly oid: Oid }[] = []
  const objects = batch(dir, trees)
  const folders = trees.flatMap((tree) => {
    const entries = entriesOf(objects.get(tree))
    for (const { name, oid } of entries.filter(({ mode }) => mode !== '40000'))
      names.push({ tree, path: name, oid })
    return entries.filter(({ mode }) => mode === '40000').map(({ name, oid }) => ({ tree, name, oid }))
  })
  const below = batch(
    dir,
    folders.map(({ oid }) => oid),
  )
  for (const { tree, name, oid } of folders)
    for (const entry of entriesOf(below.get(oid)))
      names.push({ tree, path: `${name}/${entry.name}`, oid: entry.oid })
  const blobs = batch(
    dir,
    names.map(({ oid }) => oid),
  )
  for (const tree of trees) {
    const files = names.filter((each) => each.tree === tree)
    const contents = files.map(({ path, oid }): [string, readonly string[]] => [
      path,
      wordsIn(blobs.get(oid)),
    ])
    found.set(tree, new Map(contents))
  }
  return found
}

/** The bodies of many objects, by one process. */
function batch(dir: string, oids: readonly Oid[]): ReadonlyMap<Oid, Buffer> {
  const found = new Map<Oid, Buffer>()
  if (oids.length === 0) return found
  const output = git(dir, ['cat-file', '--batch'], [...new Set(oids)].map((oid) => `${oid}\n`).join(''))
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at)
    const [oid = '', , size = '0'] = output.toString('latin1', at, end).split(' ')
    found.set(oid, output.subarray(end + 1, end + 1 + Number(size)))
    at = end + 2 + Number(size)
  }
  return found
}

function git(dir: string, argv: readonly string[], input: string): Buffer {
  return execFileSync('git', argv, {
    cwd: dir,
    input,
    env: environment,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}
