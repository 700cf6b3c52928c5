import { copyFile, lstat, readFile, readlink, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { shellWord } from '../../domain/shell-word.ts'
import { type Bytes, displayPath, fromBytes, toBytes } from '../objects/bytes.ts'
import { inQuarantine, migrate, type Quarantine } from '../objects/quarantine.ts'
import type { Entry, TreeEntry } from '../objects/tree.ts'
import { type GitOptions, runGit } from '../process/command.ts'
import type { ResolutionRecord } from '../resolutions/resolution-record.ts'
import { keepResolution, settledBlobs, writeResolution } from '../resolutions/resolutions.ts'
import type { Mirror, ReplayConflict } from '../types.ts'
import { choiceOf } from './choice.ts'
import { holdsMarkers } from './conflict-markers.ts'
import { type ConflictMerge, mergeAgain, type OpenPath } from './conflict-merge.ts'
import { assertConflictOf } from './conflict-tree.ts'
import { fingerprint, type LeftThere, readLeftThere, workPath } from './left-there.ts'
import { findMarked, findStrays } from './strays.ts'
import { readBlobs } from './work-tree.ts'

export interface UnsettledPath {
  readonly path: string
  /** One sentence: what is missing, and the command that helps. */
  readonly why: string
}

export type TakenConflict =
  | { readonly kind: 'taken'; readonly resolution: Oid }
  | { readonly kind: 'unsettled'; readonly paths: readonly UnsettledPath[] }

export interface ConflictTaking {
  readonly conflict: ReplayConflict
  /** The work tree that `openConflict` made. */
  readonly dir: string
  readonly by: string
  readonly attempt: string | null
  /** ISO 8601. */
  readonly at: string
}

/**
 * Takes what a person made of a conflict and remembers it as a resolution: tracked files as they lie in the work tree,
 * and new ones that were added; one that was not is asked about where
 * a conflicted file is gone without `git rm`. Nothing with markers in it is ever taken. The work tree's own config, hooks and
 * filters have no say: git runs in a quarantine, on a copy of the index.
 */
export async function takeConflict(mirror: Mirror, taking: ConflictTaking): Promise<TakenConflict> {
  const { conflict, dir } = taking
  if (!(await stat(dir).catch(() => null))) {
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `There is no work tree at ${dir}.`, {
      hint: `Make it with \`undrift resolve ${taking.attempt === null ? '<attempt>' : shellWord(taking.attempt)}\`.`,
    })
  }
  await assertConflictOf(dir, conflict)
  return inQuarantine(mirror, async (quarantine) => {
    const merge = await mergeAgain(quarantine, conflict)
    await copyIndex(dir, quarantine)
    const options = workTreeOptions(dir)
    const staged = await readIndex(quarantine)
    const left = await readLeftThere(dir)
    const unsettled = await findUnsettled(quarantine, merge, { dir, staged, left, options })
    // What was removed without a word may have moved to one of them.
    const strays = (await isAnyGone(merge, staged, dir)) ? await findStrays(quarantine, dir, options) : []
    if (unsettled.length + strays.length > 0) return { kind: 'unsettled', paths: [...unsettled, ...strays] }
    await addChanged(quarantine, options)
    const record = recordOf(taking, merge, await changesSince(quarantine, merge.tree))
    const strange = strangeRepositories(record, staged)
    if (strange.length > 0) return { kind: 'unsettled', paths: strange }
    const marked = await findMarked(quarantine, record, { merge, options })
    if (marked.length > 0) return { kind: 'unsettled', paths: marked }
    await copyBlobs(quarantine, settledBlobs(record), options)
    const { oid, key } = await writeResolution(quarantine, record)
    await migrate(quarantine, [oid], [])
    await keepResolution(mirror, key, oid)
    return { kind: 'taken', resolution: oid }
  })
}

/** Git with the person's files and objects, but in our quarantine and with our configuration. */
function workTreeOptions(dir: string): GitOptions {
  const objects = join(dir, '.git', 'objects').replace(/["\\]/g, '\\$&')
  return {
    env: { GIT_WORK_TREE: dir, GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects}"` },
    // A file that lies there counts, even where the index says that the work tree does without it.
    config: [['core.sparseCheckout', 'true']],
  }
}

/**
 * The copy is dated before the original, so that a file which was changed in the instant after the index was written
 * is looked into instead of being taken for unchanged.
 */
async function copyIndex(dir: string, quarantine: Quarantine): Promise<void> {
  const from = join(dir, '.git', 'index')
  const to = join(quarantine.path, 'index')
  await copyFile(from, to)
  const { mtimeMs } = await stat(from)
  const earlier = mtimeMs / 1000 - 2
  await utimes(to, earlier, earlier)
}

interface Staged {
  readonly clean: ReadonlyMap<Bytes, TreeEntry>
  readonly unmerged: ReadonlySet<Bytes>
}

async function readIndex(quarantine: Quarantine): Promise<Staged> {
  const { stdout } = await runGit(quarantine, ['ls-files', '--stage', '-z'])
  const clean = new Map<Bytes, TreeEntry>()
  const unmerged = new Set<Bytes>()
  for (const line of toBytes(stdout).split('\0')) {
    const match = /^(\d+) ([0-9a-f]+) (\d)\t(.+)$/s.exec(line)
    if (!match) continue
    const [, mode = '', oid = '', stageNumber, path = ''] = match
    if (stageNumber === '0') clean.set(path, { mode, oid })
    else unmerged.add(path)
  }
  return { clean, unmerged }
}

interface Looking {
  readonly dir: string
  readonly staged: Staged
  readonly left: LeftThere
  readonly options: GitOptions
}

async function findUnsettled(
  quarantine: Quarantine,
  merge: ConflictMerge,
  looking: Looking,
): Promise<readonly UnsettledPath[]> {
  const unsettled: UnsettledPath[] = []
  for (const conflict of merge.paths) {
    const why = await whyUnsettled(quarantine, conflict, looking)
    if (why !== null) unsettled.push({ path: displayPath(conflict.path).text, why })
  }
  return unsettled
}

/** What a conflicted path still lacks; null when it is settled. */
async function whyUnsettled(
  quarantine: Quarantine,
  conflict: OpenPath,
  { dir, staged, left, options }: Looking,
): Promise<string | null> {
  const content = await readWorkFile(dir, conflict.path)
  if (content && holdsMarkers(content, conflict.sides)) {
    return 'It still holds conflict markers; edit the file.'
  }
  if (!staged.unmerged.has(conflict.path)) {
    const entry = staged.clean.get(conflict.path)
    if (!content || !entry?.mode.startsWith('100')) return null
    const blob = (await readBlobs(quarantine, [entry.oid], options)).get(entry.oid)
    return blob && holdsMarkers(blob, conflict.sides)
      ? 'What was added still holds conflict markers; `git add` the file as it is now.'
      : null
  }
  const choice = choiceOf(conflict)
  if (choice !== null) return isChosen(conflict, await fingerprint(dir, conflict.path), left) ? null : choice
  if (content) return null
  const name = shellWord(displayPath(conflict.path).text)
  return `It is gone; \`git rm ${name}\` if that is meant, or bring it back with \`git checkout -m ${name}\`.`
}

/** Whether a person has said by the files alone what becomes of a path without markers. Never of a submodule. */
function isChosen({ path, ours, theirs, kind }: OpenPath, now: string, left: LeftThere): boolean {
  if (ours === null && theirs === null && now === 'nothing') return true
  if (kind === 'submodule' || left[path] === undefined) return false
  return now !== left[path]
}

/** Whether a conflicted path that a side has is gone, and not by `git rm`. */
async function isAnyGone({ paths }: ConflictMerge, { unmerged }: Staged, dir: string): Promise<boolean> {
  for (const { path, merged } of paths) {
    if (merged !== null && unmerged.has(path) && (await fingerprint(dir, path)) === 'nothing') return true
  }
  return false
}

/** The bytes of a file of the work tree; for a symlink its target; null when there is no such file. */
async function readWorkFile(dir: string, path: Bytes): Promise<Buffer | null> {
  const file = workPath(dir, path)
  const found = await lstat(file).catch(() => null)
  if (found?.isSymbolicLink()) return Buffer.from(await readlink(file, 'buffer'))
  return found?.isFile() ? readFile(file) : null
}

/** Brings the index up to the files: what was changed, settled or removed without `git add`. Never into submodules. */
async function addChanged(quarantine: Quarantine, options: GitOptions): Promise<void> {
  const argv = ['diff-files', '--name-only', '-z', '--ignore-submodules=all', '--no-ext-diff']
  const { stdout } = await runGit(quarantine, argv, options)
  await unhide(quarantine, new Set(toBytes(stdout).split('\0')), options)
  await runGit(quarantine, ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {
    ...options,
    stdin: stdout,
  })
}

/** A file that a sparse work tree did without and that lies there now: `update-index` would take it for removed. */
async function unhide(
  quarantine: Quarantine,
  changed: ReadonlySet<Bytes>,
  options: GitOptions,
): Promise<void> {
  const listed = toBytes((await runGit(quarantine, ['ls-files', '-t', '-z'])).stdout).split('\0')
  const hidden = listed.flatMap((line) =>
    line.startsWith('S ') && changed.has(line.slice(2)) ? [line.slice(2)] : [],
  )
  if (hidden.length === 0) return
  const stdin = fromBytes(hidden.map((path) => `${path}\0`).join(''))
  await runGit(quarantine, ['update-index', '--no-skip-worktree', '-z', '--stdin'], { ...options, stdin })
}

/** How the index differs from the merge's tree, by path. */
async function changesSince(
  quarantine: Quarantine,
  tree: Oid,
): Promise<ReadonlyMap<Bytes, { readonly before: Entry; readonly after: Entry }>> {
  const { stdout } = await runGit(quarantine, ['diff-index', '--cached', '--raw', '-z', '--no-renames', tree])
  const fields = toBytes(stdout).split('\0')
  const changes = new Map<Bytes, { before: Entry; after: Entry }>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const match = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) \w/.exec(fields[at] ?? '')
    if (!match) continue
    const [, oldMode = '', newMode = '', oldOid = '', newOid = ''] = match
    changes.set(fields[at + 1] ?? '', { before: entryOf(oldMode, oldOid), after: entryOf(newMode, newOid) })
  }
  return changes
}

function entryOf(mode: string, oid: Oid): Entry {
  return mode === '000000' ? null : { mode, oid }
}

function recordOf(
  taking: ConflictTaking,
  merge: ConflictMerge,
  changes: ReadonlyMap<Bytes, { readonly before: Entry; readonly after: Entry }>,
): Omit<ResolutionRecord, 'key'> {
  const conflicted = new Set(merge.paths.map(({ path }) => path))
  const { oid, subject } = taking.conflict.patch
  return {
    by: taking.by,
    at: new Date(taking.at).toISOString(),
    attempt: taking.attempt,
    patch: { oid, subject },
    paths: merge.paths.map(({ path, kind, base, ours, theirs, merged }) => {
      const change = changes.get(path)
      return { path, kind, base, ours, theirs, settled: change ? change.after : merged }
    }),
    more: [...changes]
      .filter(([path]) => !conflicted.has(path))
      .map(([path, { before, after }]) => ({ path, before, after })),
  }
}

/** A folder that became a repository of its own would be taken as a submodule, which nobody asked for. */
function strangeRepositories(record: Omit<ResolutionRecord, 'key'>, staged: Staged): UnsettledPath[] {
  const entries = [
    ...record.paths.map(({ path, settled }) => ({ path, entry: settled })),
    ...record.more.map(({ path, after }) => ({ path, entry: after })),
  ]
  return entries
    .filter(({ path, entry }) => entry?.mode === '160000' && staged.clean.get(path)?.mode !== '160000')
    .map(({ path }) => ({
      path: displayPath(path).text,
      why: 'It is a repository of its own; `git add` it if it is meant as a submodule, else move it away.',
    }))
}

/** What the person's own `git add` wrote lies in the work tree's objects; the mirror needs it too. */
async function copyBlobs(quarantine: Quarantine, oids: readonly Oid[], options: GitOptions): Promise<void> {
  for (const [oid, content] of await readBlobs(quarantine, oids, options)) {
    if (!(await quarantine.objects.find(oid))) quarantine.objects.write('blob', content)
  }
}
