import type { ConflictPath } from '../../../domain/patch.ts'
import { oneLine } from './table.ts'

/** With more paths than this, a conflict is told by how many there are of each kind. */
const mostNamed = 3

export interface PathsOptions {
  /** Names every path. */
  readonly verbose: boolean
}

/** The paths of a conflict for a person: `a, b`, or `16 paths (12 content, 4 modify/delete): a, b, c, …`. */
export function conflictPaths(paths: readonly ConflictPath[], { verbose }: PathsOptions): string {
  const names = paths.map(({ path }) => oneLine(path))
  if (verbose || paths.length <= mostNamed) return names.join(', ')
  return `${countsOf(paths)}: ${names.slice(0, mostNamed).join(', ')}, …`
}

/** The reason of a patch that conflicts, with its paths told in the same way. */
export function foldedReason(
  reason: string,
  paths: readonly ConflictPath[],
  { verbose }: PathsOptions,
): string {
  if (verbose || paths.length <= mostNamed) return reason
  const all = paths.map(({ path, kind }) => `${path} (${kind})`).join(', ')
  return reason.replace(all, () => `${conflictPaths(paths, { verbose })} (--verbose names all)`)
}

/** `16 paths (12 content, 4 modify/delete)`, the kind with the most first. */
function countsOf(paths: readonly ConflictPath[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of paths) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const kinds = [...counts].sort(([, one], [, other]) => other - one)
  return `${paths.length} paths (${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')})`
}
