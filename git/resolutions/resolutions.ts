import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { treeOf } from '../mirror/queries.ts'
import { listRefs, readRef, updateRefs } from '../mirror/refs.ts'
import { type Bytes, utf8Bytes } from '../objects/bytes.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { writeObject } from '../objects/object-write.ts'
import { type Entry, editTree, entryAt, makeTree, readTree, type TreeEntry } from '../objects/tree.ts'
import { type Place, runGit } from '../process/command.ts'
import type { MergeConflict } from '../replay/merge-tree.ts'
import type { ConflictStages, Mirror } from '../types.ts'
import {
  type ExtraPath,
  type ResolutionRecord,
  readRecord,
  resolutionKey,
  type SettledPath,
  stagesLine,
  writeRecord,
} from './resolution-record.ts'

export interface Resolution extends ResolutionRecord {
  /** The commit that holds it. */
  readonly oid: Oid
}

/** A conflict that a remembered resolution settled. */
export interface Settled {
  readonly tree: Oid
  readonly resolution: Oid
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  readonly attempt: string | null
}

const prefix = 'refs/undrift/resolutions'
const revokedPrefix = 'refs/undrift/revoked'

/** The resolution of exactly this clash of stages; null when nobody settled it yet. */
export async function findResolution(
  mirror: Mirror,
  conflicts: readonly ConflictStages[],
): Promise<Resolution | null> {
  if (conflicts.length === 0) return null
  const oid = await readRef(mirror, `${prefix}/${resolutionKey(conflicts)}`)
  const found = oid === null ? null : await readResolution(mirror, oid)
  return found === null || (await isRevoked(mirror, found)) ? null : found
}

/** Whether somebody took back this word on the clash, or a newer one: a message may bring it again long after. */
export async function isRevoked(
  mirror: Mirror,
  { key, at }: Pick<Resolution, 'key' | 'at'>,
): Promise<boolean> {
  const oid = await readRef(mirror, `${revokedPrefix}/${key}`)
  if (oid === null) return false
  const revoked = await readResolution(mirror, oid)
  return revoked === null || Date.parse(at) <= Date.parse(revoked.at)
}

/**
 * Turns the tree of a conflicted merge into a settled one by a remembered resolution; null when there is none that
 * fits. The refs are the mirror's; `objects` is where `tree` lies and new trees go (the mirror when left out), and it
 * must see the mirror's objects.
 */
export async function settle(
  mirror: Mirror,
  merge: { readonly tree: Oid; readonly conflicts: readonly MergeConflict[] },
  options: { readonly objects?: Place } = {},
): Promise<Settled | null> {
  const resolution = await findResolution(mirror, merge.conflicts)
  if (!resolution) return null
  const objects = options.objects ?? mirror
  const settled = matchPaths(merge.conflicts, resolution.paths)
  if (!settled) return null
  const clean = await withoutAsides(objects, merge.tree, merge.conflicts)
  for (const extra of resolution.more) {
    // Another content than the person saw: what they did to it may be wrong here.
    if (!sameEntry(await entryAt(objects, clean, extra.path), extra.before)) return null
  }
  const extras = resolution.more.map((extra) => [extra.path, extra.after] as const)
  const tree = await editTree(objects, clean, new Map([...extras, ...settled]))
  const { by, at, attempt } = resolution
  return { tree, resolution: resolution.oid, by, at, attempt }
}

/** Which path of the resolution answers for which of the conflict: by stages, among equals by name, then in order. */
function matchPaths(
  conflicts: readonly MergeConflict[],
  paths: readonly SettledPath[],
): Map<Bytes, Entry> | null {
  const left = [...paths]
  const matched = new Map<Bytes, Entry>()
  const take = (conflict: MergeConflict, fits: (path: SettledPath) => boolean): boolean => {
    const line = stagesLine(conflict)
    const at = left.findIndex((path) => stagesLine(path) === line && fits(path))
    const found = left[at]
    if (!found) return false
    left.splice(at, 1)
    matched.set(conflict.path, found.settled)
    return true
  }
  const unnamed = conflicts.filter((conflict) => !take(conflict, ({ path }) => path === conflict.path))
  return unnamed.every((conflict) => take(conflict, () => true)) ? matched : null
}

/**
 * The tree of a conflicted merge without the files that Git put aside as `path~label`: the labels differ from merge to
 * merge, and their content is in the stages.
 */
export async function withoutAsides(
  place: Place,
  tree: Oid,
  conflicts: readonly MergeConflict[],
): Promise<Oid> {
  const edits = new Map<Bytes, Entry>()
  for (const { path, kind } of conflicts) {
    if (kind === 'content' || kind === 'modify/delete') continue
    const slash = path.lastIndexOf('/')
    const folder = slash < 0 ? tree : await folderAt(place, tree, path.slice(0, slash))
    if (folder === null) continue
    const aside = path.slice(slash + 1)
    for (const name of (await readTree(place, folder)).keys()) {
      if (!name.startsWith(`${aside}~`) || !/^~[0-9a-f]{40,64}(_\d+)?$/.test(name.slice(aside.length)))
        continue
      edits.set(`${path.slice(0, slash + 1)}${name}`, null)
    }
  }
  return editTree(place, tree, edits)
}

async function folderAt(place: Place, tree: Oid, path: Bytes): Promise<Oid | null> {
  let at = tree
  for (const part of path.split('/')) {
    const entry = (await readTree(place, at)).get(part)
    if (entry?.mode !== '040000') return null
    at = entry.oid
  }
  return at
}

function sameEntry(one: Entry, other: Entry): boolean {
  return one?.mode === other?.mode && one?.oid === other?.oid
}

/**
 * Writes a resolution as a commit: the same record gives the same commit on every machine. Its tree holds
 * `resolution.json` and the settled blobs, so that it can travel alone.
 */
export async function writeResolution(
  place: Place,
  record: Omit<ResolutionRecord, 'key'>,
): Promise<{ readonly oid: Oid; readonly key: string }> {
  const key = resolutionKey(record.paths)
  const json = await writeObject(place, 'blob', Buffer.from(writeRecord({ ...record, key })))
  const root = new Map<Bytes, TreeEntry>([['resolution.json', { mode: '100644', oid: json }]])
  const blobs = settledBlobs(record)
  if (blobs.length > 0) {
    const files = blobs.map((oid, index) => [String(index), { mode: '100644', oid }] as const)
    root.set('files', { mode: '040000', oid: await makeTree(place, new Map(files)) })
  }
  const identity = `${personName(record.by)} <> ${Math.floor(Date.parse(record.at) / 1000)} +0000`
  const body = serialiseCommit({
    tree: await makeTree(place, root),
    parents: [],
    author: identity,
    committer: identity,
    encoding: null,
    message: utf8Bytes(`Settle "${record.patch.subject}"\n`),
  })
  return { oid: await writeObject(place, 'commit', body), key }
}

/** The blobs that a settled path needs; a submodule's commit lives elsewhere. */
export function settledBlobs(record: {
  readonly paths: readonly SettledPath[]
  readonly more: readonly ExtraPath[]
}): Oid[] {
  const entries = [...record.paths.map(({ settled }) => settled), ...record.more.map(({ after }) => after)]
  const oids = entries.flatMap((entry) => (entry && entry.mode !== '160000' ? [entry.oid] : []))
  return [...new Set(oids)].sort()
}

function personName(by: string): Bytes {
  const name = by.replace(/[\x00-\x1f<>\x7f]/g, ' ').trim()
  return utf8Bytes(name === '' ? 'somebody' : name)
}

/** Makes a resolution the one that is reused; a newer word on the same clash replaces an older one. */
export async function keepResolution(mirror: Mirror, key: string, oid: Oid): Promise<void> {
  const ref = `${prefix}/${key}`
  for (let tries = 0; tries < 5; tries += 1) {
    const expected = await readRef(mirror, ref)
    const outcome = await updateRefs(mirror, [{ ref, to: oid, expected }])
    if (outcome.kind !== 'stale') return
  }
  throw new UndriftError('UNDRIFT_E_BUSY', `${ref} keeps moving.`)
}

/** What a resolution commit holds; null when it is none. */
export async function readResolution(place: Place, oid: Oid): Promise<Resolution | null> {
  const result = await runGit(place, ['cat-file', 'blob', `${oid}:resolution.json`], { okCodes: [0, 128] })
  const record = result.code === 0 ? await readRecord(result.stdout.toString('utf8')) : null
  return record ? { ...record, oid } : null
}

/** Every resolution of the mirror, the newest first. */
export async function listResolutions(mirror: Mirror): Promise<readonly Resolution[]> {
  const found: Resolution[] = []
  for (const { oid } of await listRefs(mirror, prefix)) {
    const resolution = await readResolution(mirror, oid)
    if (resolution && !(await isRevoked(mirror, resolution))) found.push(resolution)
  }
  return found.sort((a, b) => b.at.localeCompare(a.at) || a.key.localeCompare(b.key))
}

/**
 * Takes a resolution back, so that its conflict is asked again; false when there is none with that key. What stays is a
 * commit that says who did, with the record: neither this resolution nor an older word comes back by an import or a
 * fetch. A newer one does.
 */
export async function revokeResolution(
  mirror: Mirror,
  key: string,
  { by, at }: { readonly by: string; readonly at: string },
): Promise<boolean> {
  const ref = `${prefix}/${key}`
  const expected = await readRef(mirror, ref)
  const resolution = expected === null ? null : await readResolution(mirror, expected)
  if (expected === null || resolution === null) return false
  if (await isRevoked(mirror, resolution)) return false
  const identity = `${personName(by)} <> ${Math.floor(Date.parse(at) / 1000)} +0000`
  const body = serialiseCommit({
    tree: await treeOf(mirror, expected),
    parents: [expected],
    author: identity,
    committer: identity,
    encoding: null,
    message: utf8Bytes(`Revoke how "${resolution.patch.subject}" was settled\n`),
  })
  const tombstone = `${revokedPrefix}/${key}`
  const to = await writeObject(mirror, 'commit', body)
  const outcome = await updateRefs(mirror, [
    // The tombstone first: a try that is killed between the two has revoked.
    { ref: tombstone, to, expected: await readRef(mirror, tombstone) },
    { ref, to: null, expected },
  ])
  if (outcome.kind !== 'stale') return true
  throw new UndriftError('UNDRIFT_E_BUSY', `${outcome.ref} was replaced while it was being revoked.`)
}

/**
 * Takes over that another machine revoked a resolution: the commit is one that `revokeResolution` made there. A newer
 * revocation of the same conflict stays. False where it is no such commit.
 */
export async function adoptRevocation(mirror: Mirror, key: string, oid: Oid): Promise<boolean> {
  const theirs = await readResolution(mirror, oid)
  if (theirs?.key !== key) return false
  const ref = `${revokedPrefix}/${key}`
  for (let tries = 0; tries < 5; tries += 1) {
    const expected = await readRef(mirror, ref)
    const mine = expected === null ? null : await readResolution(mirror, expected)
    if (mine !== null && Date.parse(mine.at) >= Date.parse(theirs.at)) return true
    const outcome = await updateRefs(mirror, [{ ref, to: oid, expected }])
    if (outcome.kind !== 'stale') return true
  }
  throw new UndriftError('UNDRIFT_E_BUSY', `${ref} keeps moving.`)
}
