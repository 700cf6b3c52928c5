import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Oid } from '../../../domain/patch.ts'
import { serialiseCommit } from '../../objects/commit-object.ts'
import type { ObjectType } from '../../objects/objects.ts'
import { makePack, type PackedObject } from '../../objects/pack-file.ts'
import type { History } from './history-testing.ts'
import type { State } from './states-testing.ts'

/** A new bare repository as `git init` would make it; by hand, because thousands are made. */
export function makeRepository(dir: string): void {
  mkdirSync(join(dir, 'objects', 'pack'), { recursive: true })
  mkdirSync(join(dir, 'refs', 'heads'), { recursive: true })
  writeFileSync(join(dir, 'HEAD'), 'ref: refs/heads/main\n')
  writeFileSync(join(dir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
}

/** Objects on their way into a repository, as one pack: no process is needed for them. */
export interface Packing {
  write(type: ObjectType, body: Uint8Array): Oid
  tree(state: State): Oid
  /** Puts what was written so far into the repository. */
  flush(): void
}

/** Writes objects into a bare repository. */
export function packInto(repository: string): Packing {
  const known = new Set<Oid>()
  let objects: PackedObject[] = []
  const write = (type: ObjectType, body: Uint8Array): Oid => {
    const oid = createHash('sha1').update(`${type} ${body.length}\0`, 'latin1').update(body).digest('hex')
    if (!known.has(oid)) objects.push({ oid, type, body })
    known.add(oid)
    return oid
  }
  const folder = (entries: readonly (readonly [name: string, mode: string, oid: Oid])[]): Oid => {
    const key = ([name, mode]: readonly [string, string, Oid]) => (mode === '40000' ? `${name}/` : name)
    const sorted = [...entries].sort((one, two) => (key(one) < key(two) ? -1 : 1))
    const parts = sorted.map(([name, mode, oid]) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
    )
    return write('tree', Buffer.concat(parts))
  }
  return {
    write,
    tree(state) {
      const files = [...state.values()].map(({ path, words }) => {
        const oid = write('blob', Buffer.from(words.map((word) => `${word}\n`).join('')))
        return { path, oid }
      })
      const inFolder = files.filter(({ path }) => path.startsWith('d/'))
      const below = inFolder.map(({ path, oid }) => [path.slice(2), '100644', oid] as const)
      const direct = files.filter(({ path }) => !path.startsWith('d/'))
      const top = direct.map(({ path, oid }) => [path, '100644', oid] as const)
      return folder(below.length === 0 ? top : [...top, ['d', '40000', folder(below)] as const])
    },
    flush() {
      if (objects.length === 0) return
      const { name, pack, index } = makePack(objects, 'sha1')
      const place = join(repository, 'objects', 'pack', `pack-${name}`)
      writeFileSync(`${place}.pack`, pack)
      writeFileSync(`${place}.idx`, index)
      objects = []
    },
  }
}

/** The ids of a history's commits and trees, by the commits' numbers. */
export interface WrittenHistory {
  readonly oids: readonly Oid[]
  readonly trees: readonly Oid[]
}

/** Writes a whole history. */
export function writeHistory(packing: Packing, { commits }: History): WrittenHistory {
  const oids: Oid[] = []
  const trees: Oid[] = []
  for (const { number, state, subject, parents, by } of commits) {
    const tree = packing.tree(state)
    const person = `${by === 'fork' ? 'Ada <ada' : 'Uli <uli'}@example.org> ${1_700_000_000 + number * 60} +0000`
    const commit = serialiseCommit({
      tree,
      parents: parents.map((parent) => oids[parent] as Oid),
      author: person,
      committer: person,
      encoding: null,
      message: `${subject}\n`,
    })
    trees.push(tree)
    oids.push(packing.write('commit', commit))
  }
  return { oids, trees }
}

/** The direct entries of a tree object. */
export function entriesOf(
  body: Buffer = Buffer.alloc(0),
): readonly { readonly mode: string; readonly name: string; readonly oid: Oid }[] {
  const entries: { readonly mode: string; readonly name: string; readonly oid: Oid }[] = []
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(0, at)
    const [mode = '', name = ''] = body.toString('utf8', at, end).split(' ')
    at = end + 21
    entries.push({ mode, name, oid: body.toString('hex', end + 1, at) })
  }
  return entries
}

/** The words of a file. */
export function wordsIn(body: Buffer = Buffer.alloc(0)): readonly string[] {
  return body.toString('utf8').split('\n').slice(0, -1)
}

/** A repository of one history, with refs as a mirror has them. */
export function makeAlone(
  dir: string,
  history: History,
): { readonly packing: Packing; readonly written: WrittenHistory } {
  makeRepository(dir)
  const packing = packInto(dir)
  const written = writeHistory(packing, history)
  packing.flush()
  const named = (prefix: string, numbers: readonly number[]) =>
    numbers.map(
      (number, index) => [`refs/upstream/${prefix}${index + 1}`, written.oids[number] as Oid] as const,
    )
  writeRefs(dir, [
    ...named('tags/v1.0.', history.tags),
    ...named('tags/v2.0.', [history.onto]),
    ...named('heads/main-', [...history.branches, ...history.tags]),
  ])
  return { packing, written }
}

function writeRefs(dir: string, refs: readonly (readonly [ref: string, oid: Oid])[]): void {
  for (const [ref, oid] of refs) {
    mkdirSync(dirname(join(dir, ref)), { recursive: true })
    writeFileSync(join(dir, ref), `${oid}\n`)
  }
}
