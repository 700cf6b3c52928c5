import { inQuarantine, type Quarantine } from '../objects/quarantine.ts'
import { openTrees, type TreeReader } from '../objects/tree-reader.ts'
import type { Mirror } from '../types.ts'
import { type Differ, openDiffer } from './differ.ts'
import type { MergePath } from './merge-whole.ts'
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
  /** Starts the processes that nearly every replay needs, while something else is waited for. */
  warm(): void
}

export interface WorkshopOptions {
  /** The path of execution; the best for this Git when left out. */
  readonly mergePath?: MergePath
}

/** Opens a workshop on a repository and clears it away afterwards; the repository itself is only read. */
export function inWorkshop<T>(
  source: Mirror,
  work: (workshop: Workshop) => Promise<T>,
  options: WorkshopOptions = {},
): Promise<T> {
  const open = async (quarantine: Quarantine): Promise<T> => {
    const trees = openTrees(quarantine.objects, quarantine.format)
    const merger = await openMerger(quarantine, { trees, path: options.mergePath })
    const shown = openDiffer(quarantine, { trees, renames: 'found' })
    const plain = openDiffer(quarantine, { trees, renames: 'ignored' })
    const warm = () => {
      merger.warm()
      shown.warm()
    }
    try {
      return await work({ quarantine, trees, merger, shown, plain, warm })
    } finally {
      await Promise.all([merger.close(), shown.close(), plain.close()])
    }
  }
  return inQuarantine(source, open, { writes: 'buffered' })
}
