import type { Oid } from '../../domain/patch.ts'
import { type Bytes, fromBytes } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { runGit } from '../process/command.ts'

/** What upstream did between the base of a stack and the target, path by path. */
export interface UpstreamRange {
  /** Upstream's commits that touch one of the paths, parents before children. Merges are not among them. */
  touching(paths: readonly Bytes[]): Promise<readonly Oid[]>
  /** Those of them that touch just these paths and no other. */
  touchingJust(paths: readonly Bytes[]): Promise<readonly Oid[]>
  /** Every commit of the range, parents before children, merges among them. */
  all(): Promise<readonly Oid[]>
  /** The same with their parents; the last is the target. */
  parents(): Promise<ReadonlyMap<Oid, readonly Oid[]>>
}

/** Lists the commits of a range with the paths that they touch; both are told on stdin. */
export const rangeArgv: readonly string[] = [
  ...['--literal-pathspecs', 'log', '--stdin', '--topo-order', '--reverse', '--no-merges', '--full-history'],
  ...[
    '--format=%x01%H',
    '--name-only',
    '-z',
    '--full-diff',
    '--no-renames',
    '--no-color',
    '--no-show-signature',
  ],
]

/** Reads the range lazily, once for all the paths that the stack touches. */
export function upstreamRange(
  quarantine: Quarantine,
  range: { readonly base: Oid; readonly onto: Oid },
  allPaths: () => Promise<readonly Bytes[]>,
): UpstreamRange {
  let read: Promise<ReadonlyMap<Bytes, readonly number[]>> | null = null
  const order: Oid[] = []
  /** How many paths a commit of `order` touches. */
  const sizes: number[] = []
  const load = async () => {
    const touched = new Map<Bytes, number[]>()
    for (const { oid, paths, size } of await readRange(quarantine, range, await allPaths())) {
      if (paths.length === 0) continue
      order.push(oid)
      sizes.push(size)
      for (const path of paths) {
        const known = touched.get(path)
        if (known) known.push(order.length - 1)
        else touched.set(path, [order.length - 1])
      }
    }
    return touched
  }
  let whole: Promise<ReadonlyMap<Oid, readonly Oid[]>> | null = null
  const loadAll = async (): Promise<ReadonlyMap<Oid, readonly Oid[]>> => {
    const argv = ['rev-list', '--topo-order', '--reverse', '--parents', range.onto, `^${range.base}`]
    const lines = (await runGit(quarantine, argv)).stdout.toString('latin1').split('\n').filter(Boolean)
    return new Map(
      lines.map((line) => {
        const [oid = '', ...parents] = line.split(' ')
        return [oid, parents] as const
      }),
    )
  }
  const parents = () => {
    whole ??= loadAll()
    return whole
  }
  const indexesOf = async (paths: readonly Bytes[]): Promise<readonly number[]> => {
    read ??= load()
    const touched = await read
    return [...new Set(paths.flatMap((path) => touched.get(path) ?? []))].sort((a, b) => a - b)
  }
  return {
    all: async () => [...(await parents()).keys()],
    parents,
    touching: async (paths) => (await indexesOf(paths)).map((index) => order[index] as Oid),
    touchingJust: async (paths) => {
      if (paths.length === 0) return []
      const indexes = await indexesOf(paths.slice(0, 1))
      const others = await Promise.all(paths.slice(1).map(async (path) => new Set(await indexesOf([path]))))
      const just = indexes.filter(
        (index) => sizes[index] === paths.length && others.every((other) => other.has(index)),
      )
      return just.map((index) => order[index] as Oid)
    },
  }
}

interface Touch {
  readonly oid: Oid
  readonly paths: readonly Bytes[]
  /** How many paths it touches in all. */
  readonly size: number
}

async function readRange(
  quarantine: Quarantine,
  range: { readonly base: Oid; readonly onto: Oid },
  paths: readonly Bytes[],
): Promise<readonly Touch[]> {
  if (range.base === range.onto || paths.length === 0) return []
  const lines = [range.onto, `^${range.base}`, ...pathspecs(paths), '']
  const answer = await runGit(quarantine, rangeArgv, { stdin: fromBytes(lines.join('\n')) })
  const records = answer.stdout.toString('latin1').split(/\x01([0-9a-f]{40,64})\0/)
  const wanted = new Set(paths)
  const touches: Touch[] = []
  for (let at = 1; at < records.length; at += 2) {
    const listed = (records[at + 1] ?? '').replace(/^\n/, '').split('\0').filter(Boolean)
    const paths = listed.filter((path) => wanted.has(path))
    touches.push({ oid: records[at] as Oid, paths, size: listed.length })
  }
  return touches
}

/** Git compares every entry that it meets with every path: it lists all of them sooner than those of many paths. */
const mostNamed = 12

/** The paths for stdin, where they may be any bytes but a newline; a folder stands for a name with one. */
function pathspecs(paths: readonly Bytes[]): readonly Bytes[] {
  if (paths.length > mostNamed) return []
  const named = paths.map((path) =>
    path.includes('\n') ? path.slice(0, path.indexOf('\n')).replace(/[^/]*$/, '') : path,
  )
  return named.includes('') ? [] : ['--', ...new Set(named)]
}
