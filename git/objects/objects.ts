import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import type { Place } from '../process/command.ts'
import { startResident } from '../process/resident.ts'
import { type CommitObject, parseCommit } from './commit-object.ts'
import { makePack, type PackedObject } from './pack-file.ts'

export type ObjectFormat = 'sha1' | 'sha256'
export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

export interface GitObject {
  readonly type: ObjectType
  readonly body: Buffer
}

/** Objects of a quarantine, by a resident reader and a writer that needs no process. */
export interface ObjectStore {
  /** Null when there is no such object. */
  find(oid: Oid): Promise<GitObject | null>
  /** Throws UNDRIFT_E_GIT when it is missing. */
  read(oid: Oid): Promise<GitObject>
  commit(oid: Oid): Promise<CommitObject>
  /** The bytes of an object, without reading it; 0 for one that is missing. */
  size(oid: Oid): Promise<number>
  /** Where writes are buffered, git sees what was written only after a flush. */
  write(type: ObjectType, body: Uint8Array): Oid
  /**
   * Shows what was written so far to git, as one pack, which costs two files however many objects; where some are named,
   * only those of them that git does not have yet.
   */
  flush(only?: readonly Oid[]): void
  close(): Promise<void>
}

/** An offset in a small index has 31 bits; more than this at once is written as several packs. */
const largestPack = 1 << 30

export interface ObjectOptions {
  readonly format: ObjectFormat
  /** `buffered`: many objects reach git together, when they are flushed. */
  readonly writes: 'at-once' | 'buffered'
}

/** The resident reader. */
export const readerArgv = ['cat-file', '--batch-command', '--buffer']

/** Opens the objects of a git folder; new ones go to its own object folder, without fsync. */
export function openObjects(place: Place & { readonly path: string }, options: ObjectOptions): ObjectStore {
  const { format } = options
  const reader = startResident(place, readerArgv, frameObject, {
    endOfTurn: 'flush\n',
  })
  const commits = new Map<Oid, CommitObject>()
  const written = new Set<Oid>()
  /** New commits are read again to prove a replay; they are few and small. */
  const made = new Map<Oid, PackedObject>()
  const pending = new Map<Oid, PackedObject>()
  let pendingBytes = 0
  const flush = (only: readonly Oid[] = [...pending.keys()]): void => {
    const shown = [...new Set(only)].flatMap((oid) => pending.get(oid) ?? [])
    if (shown.length === 0) return
    const { name, pack, index } = makePack(shown, format)
    const folder = join(place.path, 'objects', 'pack')
    writeFileSync(join(folder, `pack-${name}.pack`), pack)
    // Git looks for indexes: the pack has to be there first.
    writeFileSync(join(folder, `pack-${name}.idx`), index)
    for (const { oid, body } of shown) {
      pending.delete(oid)
      pendingBytes -= body.length
    }
  }
  const find = async (oid: Oid): Promise<GitObject | null> => {
    const fresh = pending.get(oid) ?? made.get(oid)
    if (fresh) return { type: fresh.type, body: Buffer.from(fresh.body) }
    return parseAnswer(await reader.ask(`contents ${oid}\n`))
  }
  const read = async (oid: Oid): Promise<GitObject> => {
    const object = await find(oid)
    if (object) return object
    throw new UndriftError('UNDRIFT_E_GIT', `Object ${oid} is missing from the repository.`, {
      hint: 'Fetch the whole history: a shallow or partial clone lacks what a replay needs.',
    })
  }
  return {
    find,
    read,
    size: async (oid) => {
      const fresh = pending.get(oid) ?? made.get(oid)
      if (fresh) return fresh.body.length
      const line = await reader.ask(`info ${oid}\n`, frameLine)
      return Number(/ (\d+)\n$/.exec(line.toString('latin1'))?.[1] ?? 0)
    },
    commit: async (oid) => {
      const known = commits.get(oid)
      if (known) return known
      const object = await read(oid)
      if (object.type !== 'commit') {
        throw new UndriftError('UNDRIFT_E_STACK', `${oid} is a ${object.type}, not a commit.`)
      }
      const commit = parseCommit(object.body, oid)
      commits.set(oid, commit)
      return commit
    },
    write: (type, body) => {
      const oid = createHash(format).update(`${type} ${body.length}\0`, 'latin1').update(body).digest('hex')
      if (written.has(oid)) return oid
      written.add(oid)
      const object = { oid, type, body }
      pending.set(oid, object)
      if (type === 'commit') made.set(oid, object)
      pendingBytes += body.length
      if (options.writes === 'at-once' || pendingBytes > largestPack) flush()
      return oid
    },
    flush,
    close: () => reader.close(),
  }
}

/** `<oid> <type> <size>\n`, or `<name> missing\n`. */
function frameLine(bytes: Buffer): number {
  const newline = bytes.indexOf(0x0a)
  return newline === -1 ? bytes.length + 1 : newline + 1
}

/** `<oid> <type> <size>\n<body>\n`, or `<name> missing\n`. */
function frameObject(bytes: Buffer): number {
  const newline = bytes.indexOf(0x0a)
  if (newline === -1) return bytes.length + 1
  const size = / (\d+)$/.exec(bytes.toString('latin1', 0, newline))
  return size ? newline + 1 + Number(size[1]) + 1 : newline + 1
}

function parseAnswer(answer: Buffer): GitObject | null {
  const newline = answer.indexOf(0x0a)
  const header = /^\S+ (commit|tree|blob|tag) \d+$/.exec(answer.toString('latin1', 0, newline))
  if (!header) return null
  return { type: header[1] as ObjectType, body: answer.subarray(newline + 1, answer.length - 1) }
}
