import { UndriftError } from '../../domain/errors.ts'
import { defaultLimits } from '../../domain/limits.ts'
import type { Oid } from '../../domain/patch.ts'
import { boundedCache } from './bounded-cache.ts'
import { type Bytes, fromBytes } from './bytes.ts'
import type { ObjectFormat, ObjectStore } from './objects.ts'
import { treeParser } from './parse-tree.ts'
import type { Entry, TreeEntry } from './tree.ts'
import { tooHeavy } from './weigh.ts'

/** One path that differs between two trees; null where a side has no file there. */
export interface PathChange {
  readonly path: Bytes
  readonly before: Entry
  readonly after: Entry
}

/** Trees in memory, read through the resident reader: looking, comparing and splicing cost no process. */
export interface TreeReader {
  /** What stands at a path; a folder counts as nothing. */
  lookUp(tree: Oid, path: Bytes): Promise<Entry>
  /** Whether a folder stands at a path. */
  hasFolder(tree: Oid, path: Bytes): Promise<boolean>
  /** Every path that differs, in Git's order; only folders that differ are read. */
  compare(before: Oid, after: Oid): Promise<readonly PathChange[]>
  /** How many files only the second tree has; what only the first has is not read. */
  countAdded(before: Oid, after: Oid): Promise<number>
  /** The tree with some paths set or, by null, removed; folders come and go with them. */
  splice(tree: Oid, edits: ReadonlyMap<Bytes, Entry>): Promise<Oid>
  /** The tree with changes made, which are in Git's order and begin with what stands there; comparing both costs nothing. */
  apply(tree: Oid, changes: readonly PathChange[]): Promise<Oid>
  /** Writes one tree. */
  write(entries: ReadonlyMap<Bytes, TreeEntry>): Oid
}

type Folder = ReadonlyMap<Bytes, TreeEntry>

/** The mode of a folder as it stands in a raw tree. */
const folderMode = '40000'
/** A tree or comparison for every upstream commit would not fit; what was read longest ago is read again. */
const mostEntries = 600_000
const mostChanges = 200_000

/** Opens a reader of trees. */
export function openTrees(
  objects: ObjectStore,
  format: ObjectFormat,
  most = defaultLimits.paths,
): TreeReader {
  const known = boundedCache<Folder>(mostEntries, (entries) => entries.size)
  const parse = treeParser(format)
  const compared = boundedCache<readonly PathChange[]>(mostChanges, (changes) => changes.length)
  const folder = (tree: Oid): Promise<Folder> => {
    const found = known.get(tree)
    if (found) return found
    const read = objects.read(tree).then(({ type, body }) => {
      if (type === 'tree') return parse(tree, body)
      throw new UndriftError('UNDRIFT_E_GIT', `${tree} is a ${type}, not a tree.`)
    })
    known.set(tree, read)
    return read
  }
  const walk = async (tree: Oid, names: readonly Bytes[]): Promise<TreeEntry | null> => {
    let at: TreeEntry = { mode: folderMode, oid: tree }
    for (const name of names) {
      if (at.mode !== folderMode) return null
      const entry = (await folder(at.oid)).get(name)
      if (!entry) return null
      at = entry
    }
    return at
  }
  const write = (entries: Folder): Oid => {
    const sorted = inOrder(entries)
    const oid = objects.write('tree', serialiseTree(sorted))
    known.set(oid, Promise.resolve(sorted))
    return oid
  }
  const splice = async (tree: Oid | null, edits: ReadonlyMap<Bytes, Entry>): Promise<Oid | null> => {
    const entries = new Map(tree === null ? [] : await folder(tree))
    const below = new Map<Bytes, Map<Bytes, Entry>>()
    for (const [path, entry] of edits) {
      const slash = path.indexOf('/')
      if (slash === -1) {
        if (entry) entries.set(path, entry)
        else entries.delete(path)
        continue
      }
      const name = path.slice(0, slash)
      const inner = below.get(name) ?? new Map<Bytes, Entry>()
      below.set(name, inner.set(path.slice(slash + 1), entry))
    }
    for (const [name, inner] of below) {
      const now = entries.get(name)
      const oid = await splice(now?.mode === folderMode ? now.oid : null, inner)
      if (oid === null) entries.delete(name)
      else entries.set(name, { mode: folderMode, oid })
    }
    return entries.size === 0 ? null : write(entries)
  }
  const counts = new Map<string, Promise<number>>()
  /** How many paths two trees differ in; each pair is counted once, however often it occurs. */
  const countOf = (before: Oid | null, after: Oid | null): Promise<number> => {
    const key = `${before} ${after}`
    const found = counts.get(key) ?? countPaths(before, after)
    counts.set(key, found)
    return found
  }
  const countPaths = async (before: Oid | null, after: Oid | null): Promise<number> => {
    if (before === after) return 0
    const none: Folder = new Map()
    const [old, now] = await Promise.all([
      before === null ? none : folder(before),
      after === null ? none : folder(after),
    ])
    const inner = (entry: TreeEntry | undefined) => (entry?.mode === folderMode ? entry.oid : null)
    const pairs: Promise<number>[] = []
    let own = 0
    for (const name of new Set([...old.keys(), ...now.keys()])) {
      const [one, other] = [old.get(name), now.get(name)]
      if (one?.oid === other?.oid && one?.mode === other?.mode) continue
      own += 1
      const [left, right] = [inner(one), inner(other)]
      if (left !== null || right !== null) pairs.push(countOf(left, right))
    }
    return (await Promise.all(pairs)).reduce((sum, count) => sum + count, own)
  }
  /** A few small trees that name each other many times differ in as many paths as one likes. */
  const refuseMany = async (before: Oid | null, after: Oid): Promise<void> => {
    if ((await countOf(before, after)) <= most) return
    throw tooHeavy(
      'paths',
      `The trees ${before ?? 'of nothing'} and ${after} differ in more than ${most} paths`,
    )
  }
  const compare = async (before: Oid | null, after: Oid | null, prefix: Bytes): Promise<PathChange[]> => {
    if (before === after) return []
    const none: Folder = new Map()
    const [old, now] = await Promise.all([
      before === null ? none : folder(before),
      after === null ? none : folder(after),
    ])
    const names: Bytes[] = []
    for (const [name, { oid, mode }] of now) {
      const one = old.get(name)
      if (one?.oid !== oid || one.mode !== mode) names.push(name)
    }
    for (const name of old.keys()) if (!now.has(name)) names.push(name)
    if (names.length > 1) names.sort((one, other) => (keyOf(one, old, now) < keyOf(other, old, now) ? -1 : 1))
    const parts = await Promise.all(
      names.map(async (name) => {
        const [one, other] = [old.get(name) ?? null, now.get(name) ?? null]
        const path = `${prefix}${name}`
        const inner = [one, other].map((entry) => (entry?.mode === folderMode ? entry.oid : null))
        const changes: PathChange[] = []
        const file = (entry: TreeEntry | null) => (entry?.mode === folderMode ? null : entry)
        if (file(one) || file(other)) changes.push({ path, before: file(one), after: file(other) })
        const [oldInner = null, newInner = null] = inner
        return [...changes, ...(await compare(oldInner, newInner, `${path}/`))]
      }),
    )
    return parts.flat()
  }
  const countAdded = async (before: Oid | null, after: Oid): Promise<number> => {
    if (before === after) return 0
    const old = before === null ? null : await folder(before)
    const counts = await Promise.all(
      [...(await folder(after))].map(async ([name, entry]) => {
        const there = old?.get(name)
        if (entry.mode !== folderMode) return there && there.mode !== folderMode ? 0 : 1
        return countAdded(there?.mode === folderMode ? there.oid : null, entry.oid)
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
  return {
    countAdded: async (before, after) => {
      await refuseMany(before, after)
      return countAdded(before, after)
    },
    lookUp: async (tree, path) => {
      const entry = await walk(tree, path.split('/'))
      return entry === null || entry.mode === folderMode ? null : entry
    },
    hasFolder: async (tree, path) => (await walk(tree, path.split('/')))?.mode === folderMode,
    compare: (before, after) => {
      const key = `${before} ${after}`
      const found = compared.get(key) ?? refuseMany(before, after).then(() => compare(before, after, ''))
      compared.set(key, found)
      return found
    },
    splice: async (tree, edits) => (await splice(tree, edits)) ?? write(new Map()),
    apply: async (tree, changes) => {
      if (changes.length === 0) return tree
      const edits = new Map(changes.map(({ path, after }) => [path, after]))
      const made = (await splice(tree, edits)) ?? write(new Map())
      compared.set(`${tree} ${made}`, Promise.resolve(changes))
      return made
    },
    write,
  }
}

/** Git sorts a tree by name, a folder as if its name ended with a slash. */
function sortKey(name: Bytes, mode: string): Bytes {
  return mode === folderMode ? `${name}/` : name
}

/** Where a name stands among those of two folders. */
function keyOf(name: Bytes, one: Folder, other: Folder): Bytes {
  return sortKey(name, (one.get(name) ?? other.get(name))?.mode ?? '')
}

/** The entries as Git sorts them; most are, because most edits replace what is there. */
function inOrder(entries: Folder): Folder {
  let last = ''
  for (const [name, { mode }] of entries) {
    const key = sortKey(name, mode)
    if (key < last) {
      const keyed = [...entries].map((entry) => [sortKey(entry[0], entry[1].mode), entry] as const)
      return new Map(keyed.sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => entry))
    }
    last = key
  }
  return entries
}

/** The body of a tree whose entries are in order. */
function serialiseTree(entries: Folder): Buffer {
  let body = ''
  for (const [name, { mode, oid }] of entries) {
    body += `${mode} ${name}\0${Buffer.from(oid, 'hex').toString('latin1')}`
  }
  return fromBytes(body)
}
