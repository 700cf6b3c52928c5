import type { Oid } from '../../domain/patch.ts'
import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import type { Finding } from './content.ts'
import { addLines } from './line-counts.ts'
import { movedPaths } from './moved-paths.ts'

/** A search over long histories of one path would take longer than the question it spares. */
const mostCommits = 200

/** Asks whether upstream once had a line in a file; the lines of a file are read once. */
export type StoodUpstream = (finding: Pick<Finding, 'line' | 'path'>) => Promise<boolean>

/**
 * Tells a line that upstream moved from the fork's file from one that only reads the same: whether upstream once had it in
 * that very file, at the base or since, under any name that its main line gave the file.
 */
export function openStoodUpstream(
  workshop: Workshop,
  { base, onto, range }: { readonly base: Oid; readonly onto: Oid; readonly range: UpstreamRange },
): StoodUpstream {
  const { trees, quarantine } = workshop
  const linesOf = async (path: Bytes): Promise<ReadonlySet<Bytes>> => {
    const moved = await movedPaths(workshop, [path], { onto, range })
    const commits = moved.length > 0 ? await range.all() : await range.touching([path])
    const states = [
      base,
      ...(await Promise.all(
        commits.slice(-mostCommits).map(async (commit) => (await quarantine.objects.commit(commit)).tree),
      )),
    ]
    const lines = new Map<Bytes, number>()
    for (const tree of states)
      for (const each of [path, ...moved]) {
        const entry = await trees.lookUp(tree, each)
        if (entry === null || entry.mode === '160000') continue
        addLines(lines, toBytes((await quarantine.objects.read(entry.oid)).body))
      }
    return new Set(lines.keys())
  }
  const known = new Map<Bytes, Promise<ReadonlySet<Bytes>>>()
  return async ({ line, path }) => {
    const lines = known.get(path) ?? linesOf(path)
    known.set(path, lines)
    return (await lines).has(line)
  }
}
