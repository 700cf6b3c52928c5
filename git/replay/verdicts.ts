import { displayPath } from '../objects/bytes.ts'
import { changedLines, type Diff, type FileChange } from './differ.ts'

/** How a patch compares with what it was before the replay. */
export interface Comparison {
  readonly verdict: 'unchanged' | 'context-only' | 'merged'
  readonly reason: string
}

/** The comparison of a diff with itself. */
export const sameDiff: Comparison = { verdict: 'unchanged', reason: 'The diff is the same.' }

/** Compares the diff of a patch with the diff of its replayed self, as range-diff does. */
export function compareDiffs(before: Diff, after: Diff): Comparison {
  if (textOf(before) === textOf(after)) return sameDiff
  const met = pathsThatDiffer(before, after)
  if (met.length > 0) {
    return {
      verdict: 'merged',
      reason: `Merged with upstream's changes in ${listPaths(met)}.`,
    }
  }
  const had = new Set(before.map(({ path }) => path))
  const moved = after.filter(({ path }) => !had.has(path))
  const where =
    moved.length > 0 ? `; upstream moved the file to ${listPaths(moved.map((one) => one.path))}` : ''
  return {
    verdict: 'context-only',
    reason: `The same lines are added and removed; their surroundings changed${where}.`,
  }
}

/** Paths, the first few by name, for a sentence. */
function listPaths(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map((path) => displayPath(path).text)
  const more = paths.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

function textOf(diff: Diff): string {
  return diff.map((change) => change.text).join('')
}

/** Paths in which what is added, removed or set differs. A file that moved is compared with its old self. */
function pathsThatDiffer(before: Diff, after: Diff): readonly string[] {
  const left = [...before]
  const met: string[] = []
  const unmatched = after.filter((change) => {
    const at = left.findIndex((other) => other.path === change.path)
    const other = left[at]
    if (!other) return true
    left.splice(at, 1)
    if (essence(other) !== essence(change)) met.push(change.path)
    return false
  })
  for (const change of unmatched) {
    const at = left.findIndex((other) => essence(other) === essence(change))
    if (at === -1) met.push(change.path)
    else left.splice(at, 1)
  }
  return [...met, ...left.map((change) => change.path)]
}

function essence(change: FileChange): string {
  const modes = change.oldMode === change.newMode ? '' : `${change.oldMode} ${change.newMode}`
  const isText = change.text.includes('\n@@')
  const blobs = isText || change.oldOid === change.newOid ? '' : change.newOid
  const renamed = change.status === 'R' ? 'R' : ''
  return [renamed, modes, blobs, ...changedLines(change.text)].join('\n')
}
