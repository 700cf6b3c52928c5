import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { UndriftError } from '../domain/errors.ts'
import type { Oid } from '../domain/patch.ts'
import type { Place } from './command.ts'
import { type CommitObject, parseCommit } from './commit-object.ts'
import { startResident } from './resident.ts'

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
  write(type: ObjectType, body: Uint8Array): Oid
  close(): Promise<void>
}

/** Opens the objects of a git folder; new ones go to its own object folder, loose and without fsync. */
export function openObjects(place: Place & { readonly path: string }, format: ObjectFormat): ObjectStore {
  const reader = startResident(place, ['cat-file', '--batch'], frameObject)
  const commits = new Map<Oid, CommitObject>()
  const written = new Set<Oid>()
  const find = async (oid: Oid): Promise<GitObject | null> => parseAnswer(await reader.ask(`${oid}\n`))
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
      const whole = Buffer.concat([Buffer.from(`${type} ${body.length}\0`, 'latin1'), body])
      const oid = createHash(format).update(whole).digest('hex')
      if (!written.has(oid)) writeLoose(join(place.path, 'objects'), oid, whole)
      written.add(oid)
      return oid
    },
    close: () => reader.close(),
  }
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

/**
 * Writes straight to its place: the folder is ours alone, and nobody asks for an object before its id is known, which
 * is after it was written.
 */
function writeLoose(folder: string, oid: Oid, whole: Uint8Array): void {
  const path = join(folder, oid.slice(0, 2), oid.slice(2))
  const deflated = deflateSync(whole, { level: 1 })
  try {
    writeFileSync(path, deflated, { mode: 0o444, flag: 'wx' })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return
    if (code !== 'ENOENT') throw error
    mkdirSync(join(folder, oid.slice(0, 2)), { recursive: true })
    writeFileSync(path, deflated, { mode: 0o444 })
  }
}
