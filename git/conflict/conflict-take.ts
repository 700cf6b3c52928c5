import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { shellWord } from '../../domain/shell-word.ts'
import { type Bytes, displayPath } from '../objects/bytes.ts'
import { inQuarantine, migrate, type Quarantine } from '../objects/quarantine.ts'
import type { Entry } from '../objects/tree.ts'
import type { GitOptions } from '../process/command.ts'
import { inspectResolution } from '../resolutions/inspect-resolution.ts'
import type { ResolutionRecord } from '../resolutions/resolution-record.ts'
import { keepResolution, settledBlobs, writeResolution } from '../resolutions/resolutions.ts'
import type { Mirror, ReplayConflict } from '../types.ts'
import { choiceOf } from './choice.ts'
import { holdsMarkers } from './conflict-markers.ts'
import { type ConflictMerge, mergeAgain, type OpenPath } from './conflict-merge.ts'
import { assertConflictOf } from './conflict-tree.ts'
import { filterAdvice, filteredPaths, touchedSince } from './filtered.ts'
import { encodingProblem, gitContent } from './git-content.ts'
import { fingerprint, type LeftThere, readLeftThere } from './left-there.ts'
import {
  addChanged,
  changedPaths,
  changesSince,
  copyIndex,
  readIndex,
  type Staged,
} from './quarantined-index.ts'
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
    const changed = await changedPaths(quarantine, options)
    const hands = { dir, options }
    const filtered = await filteredPaths(
      quarantine,
      [...changed, ...merge.paths.map(({ path }) => path)],
      hands,
    )
    const touched = await touchedSince(quarantine, filtered.keys(), hands)
    const looking = { dir, staged, left, options, filtered, touched }
    const unsettled = [
      ...(await findUnsettled(quarantine, merge, looking)),
      ...changedBesides(merge, looking),
    ]
    // What was removed without a word may have moved to one of them.
    const strays = (await isAnyGone(merge, staged, dir)) ? await findStrays(quarantine, dir, options) : []
    if (unsettled.length + strays.length > 0) return { kind: 'unsettled', paths: [...unsettled, ...strays] }
    const refused = await addToIndex(quarantine, await takenFromDisk(dir, changed, filtered), options)
    if (refused !== null) return { kind: 'unsettled', paths: [refused] }
    const record = recordOf(taking, merge, await changesSince(quarantine, merge.tree))
    const strange = strangeRepositories(record, staged)
    if (strange.length > 0) return { kind: 'unsettled', paths: strange }
    const marked = await findMarked(quarantine, record, { merge, options })
    if (marked.length > 0) return { kind: 'unsettled', paths: marked }
    await copyBlobs(quarantine, settledBlobs(record), options)
    const { oid, key } = await writeResolution(quarantine, record)
    // What another machine would refuse is refused here, while the work tree is there.
    await inspectResolution(quarantine, oid)
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

interface Looking {
  readonly dir: string
  readonly staged: Staged
  readonly left: LeftThere
  readonly options: GitOptions
  /** Paths whose content a filter keeps elsewhere, with its name. */
  readonly filtered: ReadonlyMap<Bytes, string>
  /** Those of them that were changed since they were staged. */
  readonly touched: ReadonlySet<Bytes>
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

/** Files beside the conflict's own that a filter keeps elsewhere, and that were changed without being staged. */
function changedBesides(merge: ConflictMerge, { filtered, touched }: Looking): readonly UnsettledPath[] {
  const conflicted = new Set(merge.paths.map(({ path }) => path))
  return [...touched]
    .filter((path) => !conflicted.has(path))
    .map((path) => ({ path: displayPath(path).text, why: filterAdvice(path, filtered.get(path) ?? '') }))
}

/** What a conflicted path still lacks; null when it is settled. */
async function whyUnsettled(
  quarantine: Quarantine,
  conflict: OpenPath,
  looking: Looking,
): Promise<string | null> {
  const { dir, staged, left, options, filtered, touched } = looking
  const { path, sides } = conflict
  const filter = filtered.get(path)
  const content = filter === undefined ? await gitContent(quarantine, path, { dir, options }) : null
  if (content?.kind === 'unreadable') return content.why
  if (content?.kind === 'content' && holdsMarkers(content.content, sides)) {
    return 'It still holds conflict markers; edit the file.'
  }
  const now = await fingerprint(dir, path)
  if (!staged.unmerged.has(path)) {
    const entry = staged.clean.get(path)
    if (now === 'nothing' || !entry?.mode.startsWith('100')) return null
    const blob = (await readBlobs(quarantine, [entry.oid], options)).get(entry.oid)
    if (blob && holdsMarkers(blob, sides)) {
      return 'What was added still holds conflict markers; `git add` the file as it is now.'
    }
    return filter !== undefined && touched.has(path) ? filterAdvice(path, filter) : null
  }
  const choice = choiceOf(conflict)
  if (choice !== null) return filter === undefined && isChosen(conflict, now, left) ? null : choice
  if (filter !== undefined && now !== 'nothing') return filterAdvice(path, filter)
  if (now.startsWith('file ') || now.startsWith('program ') || now.startsWith('link ')) return null
  const name = shellWord(displayPath(path).text)
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

/** What counts as it lies on the disk: all that changed, but for files that a filter keeps elsewhere. */
async function takenFromDisk(
  dir: string,
  changed: readonly Bytes[],
  filtered: ReadonlyMap<Bytes, string>,
): Promise<readonly Bytes[]> {
  const taken: Bytes[] = []
  for (const path of changed) {
    if (!filtered.has(path) || (await fingerprint(dir, path)) === 'nothing') taken.push(path)
  }
  return taken
}

/** Adds them; what Git cannot decode is answered with its path. */
async function addToIndex(
  quarantine: Quarantine,
  paths: readonly Bytes[],
  options: GitOptions,
): Promise<UnsettledPath | null> {
  try {
    await addChanged(quarantine, paths, options)
    return null
  } catch (error) {
    const problem = encodingProblem(error)
    if (problem === null) throw error
    return problem
  }
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
