import type { Oid, PatchReport } from '../../domain/patch.ts'
import type { MovedCommit } from '../../domain/regenerated.ts'
import { readBlobs } from '../conflict/work-tree.ts'
import { commitDate, treeOf } from '../mirror/queries.ts'
import { type Bytes, utf8Bytes } from '../objects/bytes.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { writeObject } from '../objects/object-write.ts'
import { editTree, makeTree, readWholeTree, type TreeEntry } from '../objects/tree.ts'
import type { Mirror } from '../types.ts'

/** Where Git keeps notes unless it is told otherwise. */
export const notesRef = 'refs/notes/commits'

/** Who writes notes, and on which release: the same input gives the same commit on every machine. */
export interface NotesWriter {
  readonly committer: { readonly name: string; readonly email: string }
  readonly onto: Oid
}

/**
 * Copies the notes of replayed patches to their new commits: a commit of notes that holds these copies alone. Where
 * several patches became one, their notes are put together, as `git notes` does. Null where no patch has a note.
 */
export async function copyNotes(
  mirror: Mirror,
  from: { readonly notes: Oid; readonly reports: readonly PatchReport[] },
  writer: NotesWriter,
): Promise<Oid | null> {
  const known = await readNotes(mirror, from.notes)
  const texts = new Map<Oid, TreeEntry[]>()
  for (const { oid, newOid } of from.reports) {
    const note = known.get(oid)
    if (newOid === null || newOid === oid || !note) continue
    texts.set(newOid, [...(texts.get(newOid) ?? []), note])
  }
  if (texts.size === 0) return null
  const entries = await Promise.all(
    [...texts].map(async ([oid, notes]) => [oid, await together(mirror, notes)] as const),
  )
  return notesCommit(mirror, { tree: await makeTree(mirror, new Map(entries)), parent: null }, writer)
}

/** Copied notes after their commits moved once more; those of a commit that went are gone with it. */
export async function moveNotes(
  mirror: Mirror,
  from: { readonly notes: Oid; readonly moved: readonly MovedCommit[] },
  writer: NotesWriter,
): Promise<Oid> {
  if (from.moved.length === 0) return from.notes
  const moved = new Map(from.moved.map((one) => [one.from, one.to]))
  const entries = [...(await readNotes(mirror, from.notes))].flatMap(([oid, note]) => {
    const to = moved.has(oid) ? moved.get(oid) : oid
    return to ? [[to, note] as const] : []
  })
  return notesCommit(mirror, { tree: await makeTree(mirror, new Map(entries)), parent: null }, writer)
}

/**
 * Puts copied notes on top of those that a remote has; a note that is there stays as it is. Null where nothing is
 * missing.
 */
export async function addNotes(
  mirror: Mirror,
  notes: { readonly there: Oid | null; readonly copied: Oid },
  writer: NotesWriter,
): Promise<Oid | null> {
  const { there, copied } = notes
  if (there === null) return copied
  const known = await readNotes(mirror, there)
  const missing = [...(await readNotes(mirror, copied))].filter(([oid]) => !known.has(oid))
  if (missing.length === 0) return null
  const tree = await editTree(mirror, await treeOf(mirror, there), new Map(missing))
  return notesCommit(mirror, { tree, parent: there }, writer)
}

/** Notes by the object that they are on. Git spreads them over folders whose names are the id's first digits. */
async function readNotes(mirror: Mirror, commit: Oid): Promise<ReadonlyMap<Oid, TreeEntry>> {
  const notes = new Map<Oid, TreeEntry>()
  for (const [path, entry] of await readWholeTree(mirror, await treeOf(mirror, commit))) {
    const oid = path.replaceAll('/', '')
    if (entry.mode === '100644' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)) notes.set(oid, entry)
  }
  return notes
}

async function together(mirror: Mirror, notes: readonly TreeEntry[]): Promise<TreeEntry> {
  const [first, ...rest] = notes
  if (first && rest.length === 0) return first
  const blobs = await readBlobs(
    mirror,
    notes.map(({ oid }) => oid),
  )
  const parts = notes.map(({ oid }): Bytes => blobs.get(oid)?.toString('latin1').replace(/\n*$/, '\n') ?? '')
  const oid = await writeObject(mirror, 'blob', Buffer.from([...new Set(parts)].join('\n'), 'latin1'))
  return { mode: '100644', oid }
}

async function notesCommit(
  mirror: Mirror,
  what: { readonly tree: Oid; readonly parent: Oid | null },
  { committer, onto }: NotesWriter,
): Promise<Oid> {
  const clean = (text: string) => utf8Bytes(text.replace(/[<>\n\0]/g, '').trim())
  const identity = `${clean(committer.name)} <${clean(committer.email)}> ${await commitDate(mirror, onto)}`
  const body = serialiseCommit({
    tree: what.tree,
    parents: what.parent === null ? [] : [what.parent],
    author: identity,
    committer: identity,
    encoding: null,
    message: 'Copy the notes of replayed patches\n',
  })
  return writeObject(mirror, 'commit', body)
}
