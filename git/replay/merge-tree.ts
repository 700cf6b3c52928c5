import type { ConflictKind, Oid } from '../../domain/patch.ts'
import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { ConflictStages } from '../types.ts'

/** One conflicted path as Git names it, in bytes. */
export interface MergeConflict extends ConflictStages {
  readonly path: Bytes
  readonly kind: ConflictKind
}

/** What a three-way merge of trees came to. Invariant: the tree of a conflict holds markers and is never committed. */
export type Merge =
  | { readonly kind: 'clean'; readonly tree: Oid }
  | {
      readonly kind: 'conflict'
      readonly tree: Oid
      readonly conflicts: readonly MergeConflict[]
      /** Folders and files that Git only complains about, without stages; left out where there are none. */
      readonly unstaged?: readonly Bytes[]
      /** How git died in the merge; then the conflicts are what a person is asked about instead. */
      readonly fault?: string
    }

interface Message {
  readonly paths: readonly Bytes[]
  readonly type: string
}

interface Fields {
  next(): Bytes | null
  readonly at: number
}

/** Reads one answer of `merge-tree --write-tree -z`; `labels` are the names of the sides that were merged. */
export function parseMerge(answer: Uint8Array, isClean: boolean, labels: readonly string[]): Merge {
  const fields = splitFields(toBytes(answer), 0)
  const tree = (fields.next() ?? '').trim()
  if (isClean) return { kind: 'clean', tree }
  return readConflicts(fields, tree, labels)
}

/** Reads one answer of a `merge-tree --stdin` dialogue, which begins with its status; null when it is not whole. */
export function parseDialogue(
  answer: Uint8Array,
  labels: readonly string[],
): { readonly merge: Merge; readonly length: number } | null {
  const fields = splitFields(toBytes(answer), 0)
  const status = fields.next()
  const tree = fields.next()
  if (status === null || tree === null) return null
  if (status === '1')
    return fields.next() === null ? null : { merge: { kind: 'clean', tree }, length: fields.at }
  const before = fields.at
  if (!skipConflicts(fields)) return null
  const length = fields.at
  return { merge: readConflicts(splitFields(toBytes(answer), before), tree, labels), length }
}

function splitFields(text: Bytes, from: number): Fields {
  let at = from
  return {
    next: () => {
      const end = text.indexOf('\0', at)
      if (end === -1) return null
      const field = text.slice(at, end)
      at = end + 1
      return field
    },
    get at() {
      return at
    },
  }
}

/** Whether stages and messages are there to their very end. */
function skipConflicts(fields: Fields): boolean {
  for (let field = fields.next(); field !== ''; field = fields.next()) if (field === null) return false
  for (let field = fields.next(); field !== ''; field = fields.next()) {
    if (field === null) return false
    // A count of paths, the paths, the type and the sentence.
    for (let left = Number(field) + 2; left > 0; left -= 1) if (fields.next() === null) return false
  }
  return true
}

function readConflicts(fields: Fields, tree: Oid, labels: readonly string[]): Merge {
  const stages = new Map<Bytes, { base: Side; ours: Side; theirs: Side }>()
  for (let field = fields.next(); field; field = fields.next()) {
    const match = /^(\d+) ([0-9a-f]+) ([123])\t(.*)$/s.exec(field)
    if (!match) break
    const [, mode = '', oid = '', stage, name = ''] = match
    const path = withoutLabel(name, labels)
    const sides = stages.get(path) ?? { base: null, ours: null, theirs: null }
    sides[stage === '1' ? 'base' : stage === '2' ? 'ours' : 'theirs'] = { mode, oid }
    stages.set(path, sides)
  }
  const messages = readMessages(fields, labels)
  const conflicts = [...stages].map(([path, sides]) => ({
    path,
    kind: kindOf(path, sides, messages),
    ...sides,
  }))
  const named = messages.filter(({ type }) => withoutStages.test(type)).flatMap(({ paths }) => paths)
  const unstaged = [...new Set(named)].filter((path) => !stages.has(path))
  return { kind: 'conflict', tree, conflicts, ...(unstaged.length === 0 ? {} : { unstaged }) }
}

/** A folder that went to several places, or whose files would meet in one: Git leaves the files where they are. */
const withoutStages =
  /^CONFLICT ?\((?:directory rename unclear split|directory rename collision|file in way of directory rename)\)/

type Side = { readonly mode: string; readonly oid: Oid } | null

/** Git 2.39 ends a submodule conflict with free text: what does not begin with a count ends the messages. */
function readMessages(fields: Fields, labels: readonly string[]): readonly Message[] {
  const messages: Message[] = []
  for (let field = fields.next(); field; field = fields.next()) {
    if (!/^\d+$/.test(field)) break
    const paths: Bytes[] = []
    for (let left = Number(field); left > 0; left -= 1) paths.push(withoutLabel(fields.next() ?? '', labels))
    const type = fields.next() ?? ''
    fields.next()
    messages.push({ paths, type })
  }
  return messages
}

/** In a clash of a file and a folder Git moves the file to `path~label`; the label differs from machine to machine. */
function withoutLabel(path: Bytes, labels: readonly string[]): Bytes {
  for (const label of labels) {
    const at = path.lastIndexOf(`~${label}`)
    if (at > 0 && /^(_\d+)?$/.test(path.slice(at + 1 + label.length))) return path.slice(0, at)
  }
  return path
}

/** Git's message types, the more telling first: a binary conflict has a second message that says `contents`. */
const kindsByType: readonly (readonly [RegExp, ConflictKind])[] = [
  [/submodule/, 'submodule'],
  [/binary/, 'binary'],
  [/rename\/rename/, 'rename/rename'],
  [/rename\/delete/, 'rename/delete'],
  [/rename involved|directory rename|file in way|file location/i, 'rename/add'],
  [/file\/directory/, 'directory/file'],
  [/modify\/delete/, 'modify/delete'],
  [/distinct modes/, 'mode'],
]

function kindOf(path: Bytes, sides: ConflictStages, messages: readonly Message[]): ConflictKind {
  const { base, ours, theirs } = sides
  if ([base, ours, theirs].some((side) => side?.mode === '160000')) return 'submodule'
  const types = messages.filter((message) => message.paths.includes(path)).map((message) => message.type)
  for (const [pattern, kind] of kindsByType) {
    if (types.some((type) => type.startsWith('CONFLICT') && pattern.test(type))) return kind
  }
  if (ours && theirs && ours.oid === theirs.oid && ours.mode !== theirs.mode) return 'mode'
  if (ours && theirs && base) return 'content'
  if (ours && theirs) return 'add/add'
  return base && (ours || theirs) ? 'modify/delete' : 'other'
}
