import type { Oid } from '../../domain/patch.ts'
import { listTree } from '../objects/hostile.ts'
import { readerArgv } from '../objects/objects.ts'
import { inQuarantine, type Quarantine } from '../objects/quarantine.ts'
import { openTrees, type TreeReader } from '../objects/tree-reader.ts'
import { limitsAt } from '../process/limits-at.ts'
import type { TogetherCommand } from '../process/together.ts'
import { historyArgv } from '../stack/stack.ts'
import { rangeArgv } from '../stack/upstream-range.ts'
import type { Mirror } from '../types.ts'
import { type Differ, diffArgv, openDiffer } from './differ.ts'
import { noAttributes, openMergeAttributes } from './merge-attributes.ts'
import { bestMergePath, dialogueArgv, type MergePath } from './merge-whole.ts'
import { type Merger, openMerger } from './merger.ts'

/** What a replay works with: a quarantine and the resident processes in it. */
export interface Workshop {
  readonly quarantine: Quarantine
  readonly trees: TreeReader
  readonly merger: Merger
  /** Diffs as range-diff sees them, with moved files found. */
  readonly shown: Differ
  /** Diffs path by path, as patch ids are taken. */
  readonly plain: Differ
  /** Ends every process of the workshop, of which no more is needed: what still waits for one fails. */
  abandon(): void
}

export interface WorkshopOptions {
  /** The path of execution; the best for this Git when left out. */
  readonly mergePath?: MergePath
  /** A replay onto this commit: what it needs is started at once, and its tree says how files are merged. */
  readonly onto?: Oid
  /** Whose tree says how files are merged, where nothing is replayed. */
  readonly attributesOf?: Oid
}

/** Opens a workshop on a repository and clears it away afterwards; the repository itself is only read. */
export async function inWorkshop<T>(
  source: Mirror,
  work: (workshop: Workshop) => Promise<T>,
  options: WorkshopOptions = {},
): Promise<T> {
  const { onto, attributesOf = onto } = options
  const mergePath = options.mergePath ?? (await bestMergePath())
  const ending = new AbortController()
  const signal = source.signal ? AbortSignal.any([source.signal, ending.signal]) : ending.signal
  const open = async (quarantine: Quarantine): Promise<T> => {
    const trees = openTrees(quarantine.objects, quarantine.format, limitsAt(quarantine).paths)
    const attributes =
      attributesOf === undefined ? noAttributes : openMergeAttributes(quarantine, trees, attributesOf)
    const merger = await openMerger(quarantine, { trees, path: mergePath, attributes })
    const shown = openDiffer(quarantine, { trees, renames: 'found' })
    const plain = openDiffer(quarantine, { trees, renames: 'ignored' })
    try {
      return await work({ quarantine, trees, merger, shown, plain, abandon: () => ending.abort() })
    } finally {
      await Promise.all([merger.close(), attributes.close(), shown.close(), plain.close()])
    }
  }
  const needs = (place: Mirror): readonly TogetherCommand[] => [
    { argv: historyArgv },
    { argv: readerArgv },
    ...(mergePath === 'dialogue' ? [{ argv: dialogueArgv }] : []),
    { argv: diffArgv('found') },
    { argv: rangeArgv },
    ...(onto === undefined ? [] : [{ ...listTree(place, onto), input: 'none' as const }]),
  ]
  return inQuarantine(source, open, { writes: 'buffered', signal, ...(onto === undefined ? {} : { needs }) })
}
