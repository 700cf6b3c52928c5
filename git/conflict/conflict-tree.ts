import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { ConflictPath, Oid } from '../../domain/patch.ts'
import { shellWord } from '../../domain/shell-word.ts'
import { type Bytes, displayPath, fromBytes, utf8Bytes } from '../objects/bytes.ts'
import { inQuarantine, type Quarantine } from '../objects/quarantine.ts'
import { editTree, type TreeEntry } from '../objects/tree.ts'
import { runGit } from '../process/command.ts'
import type { Mirror, ReplayConflict } from '../types.ts'
import { choiceOf } from './choice.ts'
import {
  type ConflictMerge,
  type MarkerLabels,
  mergeAgain,
  type OpenPath,
  relabel,
} from './conflict-merge.ts'
import { noteLeftThere } from './left-there.ts'
import { fillWorkTree, makeWorkTree, type WorkTree } from './work-tree.ts'

/** A conflict as a person finds it. */
export interface ConflictInHands {
  /** The work tree's folder. */
  readonly path: string
  readonly paths: readonly PathInHands[]
}

export interface PathInHands extends ConflictPath {
  /** What can be done about it as it was left there; null where there are markers to edit. */
  readonly choice: string | null
}

const longestLabel = 72
/** With more files than this, only the folders around the conflict are written; `git sparse-checkout` brings the rest. */
const largeTree = 20_000

/**
 * Makes a work tree with the conflict in it: HEAD is the last good commit, the index has the three stages, the files
 * have zdiff3 markers; the person's own `git status`, `add`, `rm`, `checkout --ours` and `mergetool` work. Needs
 * nothing but the mirror, so it can be made on any machine. A work tree of the same conflict that is there already is
 * left as it is, with what was done in it; throws UNDRIFT_E_REFUSED when the folder holds anything else.
 */
export async function openConflict(
  mirror: Mirror,
  wanted: { readonly conflict: ReplayConflict; readonly dir: string },
  options: { readonly sparseAbove?: number } = {},
): Promise<ConflictInHands> {
  const { conflict, dir } = wanted
  const isOld = await isThere(dir)
  if (isOld) await assertConflictOf(dir, conflict)
  return inQuarantine(mirror, async (quarantine) => {
    const merge = await mergeAgain(quarantine, conflict)
    const sparse = { near: merge.paths.map(({ path }) => path), above: options.sparseAbove ?? largeTree }
    const make = () =>
      makeWorkTree(mirror, { dir, head: conflict.lastGood, objects: 'borrowed' }, async (workTree) => {
        const shown = await showTree(quarantine, merge, labelsOf(conflict))
        await bring(quarantine, workTree, shown)
        await fillWorkTree(workTree, { objects: quarantine, tree: shown, sparse })
        await stage(workTree, merge.paths)
        await configure(workTree)
        await noteLeftThere(workTree.dir, merge.paths)
        await writeFile(notePath(workTree.dir), noteOf(conflict))
      })
    if (!isOld) await make()
    const paths = merge.paths.map((each) => ({
      path: displayPath(each.path).text,
      kind: each.kind,
      choice: choiceOf(each),
    }))
    return { path: dir, paths }
  })
}

/** The merge's tree with the labels that a person reads. */
async function showTree(quarantine: Quarantine, merge: ConflictMerge, labels: MarkerLabels): Promise<Oid> {
  const edits = new Map<Bytes, TreeEntry>()
  for (const { path, merged, content, sides, isMarked } of merge.paths) {
    if (!isMarked || !merged || !content) continue
    const oid = quarantine.objects.write('blob', relabel(content, sides, labels))
    edits.set(path, { mode: merged.mode, oid })
  }
  return editTree(quarantine, merge.tree, edits)
}

function labelsOf(conflict: ReplayConflict): MarkerLabels {
  const { patch, lastGood } = conflict
  return {
    ours: `ours: the new base and the patches on it (${lastGood.slice(0, 10)})`,
    base: `before the patch (${patch.parent.slice(0, 10)})`,
    theirs: utf8Bytes(`theirs: ${patch.subject.replace(/[\x00-\x1f]/g, ' ').slice(0, longestLabel)}`),
  }
}

/** Copies what the merge made new: the work tree outlives the quarantine. */
async function bring(quarantine: Quarantine, workTree: WorkTree, tree: Oid): Promise<void> {
  const argv = ['pack-objects', '--revs', '--local', '--stdout', '-q']
  const packed = await runGit(quarantine, argv, { stdin: `${tree}\n` })
  await workTree.run(['index-pack', '--stdin'], { stdin: packed.stdout })
}

/** Puts the three stages of every conflicted path into the index, in the place of the file with markers. */
async function stage(workTree: WorkTree, paths: readonly OpenPath[]): Promise<void> {
  const lines = paths.flatMap(({ path, base, ours, theirs }) => {
    const zero = '0'.repeat((base ?? ours ?? theirs)?.oid.length ?? 40)
    const stages = [base, ours, theirs].flatMap((side, index) =>
      side ? [`${side.mode} ${side.oid} ${index + 1}\t${path}\0`] : [],
    )
    return [`0 ${zero} 0\t${path}\0`, ...stages]
  })
  await workTree.run(['update-index', '-z', '--index-info'], { stdin: fromBytes(lines.join('')) })
}

/** What the person's own git, with the person's own configuration, should know of this repository. */
async function configure(workTree: WorkTree): Promise<void> {
  for (const [key, value] of [
    ['merge.conflictStyle', 'zdiff3'],
    ['rerere.enabled', 'false'],
    // A copy that a tool leaves beside the file would be asked about as a new one.
    ['mergetool.keepBackup', 'false'],
    ['gc.auto', '0'],
  ] as const) {
    await workTree.run(['config', '--local', key, value])
  }
}

/** Refuses a folder that is not the work tree of this very conflict. */
export async function assertConflictOf(dir: string, conflict: ReplayConflict): Promise<void> {
  const note = await readFile(notePath(dir), 'utf8').catch(() => null)
  if (note === noteOf(conflict)) return
  const what = note === null ? 'is not the work tree of a conflict' : 'is the work tree of another conflict'
  throw new UndriftError('UNDRIFT_E_REFUSED', `${dir} ${what}.`, {
    hint: `Move it away, as with \`mv ${shellWord(dir)} ${shellWord(`${dir}.old`)}\`, or remove it; then try again.`,
  })
}

function notePath(dir: string): string {
  return join(dir, '.git', 'undrift.json')
}

function noteOf(conflict: ReplayConflict): string {
  const { patch, lastGood } = conflict
  return `${JSON.stringify({ version: 1, patch: patch.oid, lastGood })}\n`
}

async function isThere(dir: string): Promise<boolean> {
  return (await stat(dir).catch(() => null)) !== null
}
