import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import type { ConfigEntry } from '../process/environment.ts'
import type { Merge, MergeConflict } from './merge-tree.ts'
import type { MergeSides } from './merge-whole.ts'

/** Most of Git's last words that are shown. */
const longestWords = 300

/** Signals by which somebody asks a process to end. */
const asked = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGPIPE']
/** The same as exit codes of a shell that stands before git. */
const askedCodes = [129, 130, 141, 143]

/**
 * How git died (an assertion, a signal, no memory) as its own words tell; null for a failure that is an answer, and for a
 * git that was asked to end.
 */
export function deathOf(error: unknown): string | null {
  if (!(error instanceof UndriftError) || error.code !== 'UNDRIFT_E_GIT') return null
  const words = error.message
  const signal = /\bended by (SIG[A-Z0-9]+)/.exec(words)?.[1]
  const code = Number(/\bit ended with (\d+) and said nothing/.exec(words)?.[1] ?? 0)
  const isDead =
    (signal !== undefined && !asked.includes(signal)) ||
    (code > 128 && code < 193 && !askedCodes.includes(code)) ||
    (signal === undefined && /Assertion .+ failed|^BUG: |: BUG: |[Oo]ut of memory/m.test(words))
  if (!isDead) return null
  return words
    .replace(/^git \S+ failed: /, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestWords)
}

/** A merge without rename detection, in which the faults of Git's are that are known. */
export const withoutRenames: readonly ConfigEntry[] = [
  ['merge.renames', 'false'],
  ['merge.directoryRenames', 'false'],
]

/**
 * What a person is asked about a merge that git died in: what came of it without rename detection, where that tells of
 * conflicts; else every path that the patch changes. Never clean: another Git may come to another result.
 */
export async function askedConflict(
  trees: TreeReader,
  sides: MergeSides,
  { fault, merge }: { readonly fault: string; readonly merge: Merge | null },
): Promise<Merge & { readonly kind: 'conflict' }> {
  if (merge?.kind === 'conflict') return { ...merge, fault }
  return { kind: 'conflict', tree: merge?.tree ?? sides.ours, conflicts: await allPaths(trees, sides), fault }
}

/** Every path that the patch changes, as one that a person decides about. */
export async function allPaths(
  trees: TreeReader,
  { base, ours, theirs }: { readonly base: Oid; readonly ours: Oid; readonly theirs: Oid },
): Promise<readonly MergeConflict[]> {
  const changes = await trees.compare(base, theirs)
  return Promise.all(
    changes.map(async ({ path, before, after }) => ({
      path,
      kind: 'other' as const,
      base: before,
      ours: await trees.lookUp(ours, path),
      theirs: after,
    })),
  )
}
