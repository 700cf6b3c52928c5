import { createHash } from 'node:crypto'
import type { ConflictKind, Oid } from '../../domain/patch.ts'
import { type Bytes, displayPath, toBytes, utf8Bytes } from '../objects/bytes.ts'
import { isHostileName } from '../objects/hostile.ts'
import type { Entry } from '../objects/tree.ts'
import type { ConflictStages } from '../types.ts'

/** One conflicted path as it was met, and what it came to; `settled` is null for a path that is gone. */
export interface SettledPath extends ConflictStages {
  readonly path: Bytes
  readonly kind: ConflictKind
  readonly settled: Entry
}

/** A path that merged cleanly and was changed all the same to settle the conflict, such as an import elsewhere. */
export interface ExtraPath {
  readonly path: Bytes
  readonly before: Entry
  readonly after: Entry
}

/** What a resolution remembers beside the settled files. */
export interface ResolutionRecord {
  readonly key: string
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  readonly attempt: string | null
  readonly patch: { readonly oid: Oid; readonly subject: string }
  readonly paths: readonly SettledPath[]
  readonly more: readonly ExtraPath[]
}

/**
 * What a conflict is known by: its stages' blobs and modes, whatever the files are called. The same clash is the same
 * key on the next release, on a sibling line and on another machine.
 */
export function resolutionKey(conflicts: readonly ConflictStages[]): string {
  return createHash('sha256').update(conflicts.map(stagesLine).sort().join('\n')).digest('hex')
}

/** The three stages of a path as one line. */
export function stagesLine({ base, ours, theirs }: ConflictStages): string {
  return [base, ours, theirs].map((side) => (side ? `${side.mode}:${side.oid}` : '-')).join(' ')
}

/** The record as the text of `resolution.json`. */
export function writeRecord(record: ResolutionRecord): string {
  const withName = <T extends { readonly path: Bytes }>(each: T) => {
    const { text, encoded } = displayPath(each.path)
    return { ...each, path: text, encoded }
  }
  const paths = record.paths.map(withName)
  return `${JSON.stringify({ version: 1, ...record, paths, more: record.more.map(withName) }, null, 2)}\n`
}

/** The record in a `resolution.json`; null when it is none, or when its key is not that of its stages. */
export async function readRecord(text: string): Promise<ResolutionRecord | null> {
  // Loaded when there is one to be read: the schema costs a short process much of its start.
  const { recordSchema } = await import('./record-schema.ts')
  const parsed = recordSchema.safeParse(parseJson(text))
  if (!parsed.success) return null
  const { version: _, ...record } = parsed.data
  if (resolutionKey(record.paths) !== record.key) return null
  const withBytes = <T extends { readonly path: string; readonly encoded: boolean }>(each: T) => {
    const { encoded, path, ...rest } = each
    return { ...rest, path: pathBytes(path, encoded) }
  }
  const paths = record.paths.map(withBytes)
  const more = record.more.map(withBytes)
  if ([...paths, ...more].some(({ path }) => isHostile(path))) return null
  return { ...record, paths, more }
}

/** The bytes behind a path that `displayPath` wrote. */
function pathBytes(text: string, encoded: boolean): Bytes {
  if (!encoded) return utf8Bytes(text)
  return utf8Bytes(text).replace(/%([0-9A-F]{2})/g, (_, hex: string) => toBytes(Buffer.from(hex, 'hex')))
}

/** A path that no work tree may hold. A record comes from outside: no git has looked at it. */
function isHostile(path: Bytes): boolean {
  return path.includes('\0') || path.split('/').some(isHostileName)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
