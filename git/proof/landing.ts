import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { changedLines, type Diff, type FileChange } from '../replay/differ.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { linesOf } from './holds-too.ts'
import { saysSomething } from './line-counts.ts'
import { type NetLines, netLines } from './net-lines.ts'
import { covers, diffOf, revertOf, takenBackBy } from './taken-back.ts'

/** A claim that upstream has a change. */
export interface LandingClaim {
  /** The change as its commit made it. */
  readonly change: { readonly before: Oid; readonly after: Oid }
  /** The upstream commits that are said to have brought it. */
  readonly as: readonly Oid[]
  /** Whether one commit is named and its diff is the very same. */
  readonly isTwin?: boolean
  /** The upstream commit that the fork stood on first, and the target. */
  readonly base: Oid
  readonly onto: Oid
}

export type LandingProof =
  /** `since`: later upstream commits that moved or changed lines of it. */
  | { readonly kind: 'proved'; readonly since: readonly Oid[] }
  /** A later upstream commit undid lines of it, without anything in their place. */
  | { readonly kind: 'taken-back'; readonly by: Oid | null }
  /** Lines of it that no upstream commit accounts for. */
  | { readonly kind: 'unproved'; readonly lines: readonly Bytes[] }

/** A search over long histories of one path would take longer than the question it spares. */
const mostCommits = 200

/**
 * Proves that upstream has a change, from trees and diffs alone: each line that it adds is added by the named commits, and
 * stands in the target or was moved or replaced by a later upstream commit, which is named; each line that it removes is
 * removed by the named commits (or was never upstream's), and is gone from the target.
 */
export async function proveLanding(
  workshop: Workshop,
  claim: LandingClaim,
  range: UpstreamRange,
): Promise<LandingProof> {
  const own = await workshop.plain.diff(claim.change.before, claim.change.after)
  const wanted = netLines(own)
  if (wanted.size === 0) return proveWithoutLines(workshop, claim, own)
  const brought = await broughtBy(workshop, claim.as, wanted)
  const paths = [...new Set([...own.flatMap(({ path, oldPath }) => [path, oldPath]), ...brought.paths])]
  const [had, has] = await Promise.all([claim.base, claim.onto].map((oid) => linesAt(workshop, oid, paths)))
  if (had === undefined || has === undefined) return { kind: 'unproved', lines: [] }
  const missing = [...wanted].flatMap(([line, count]) => {
    const isOwn = count < 0 && (had.get(line) ?? 0) + count < 0
    return isOwn || covers(brought.net.get(line) ?? 0, count) ? [] : [line]
  })
  if (missing.length > 0) return { kind: 'unproved', lines: missing }
  const changed = [...wanted].filter(([line, count]) =>
    // Of a line that stood there more often than the change removes, others may come and go.
    count > 0 ? (has.get(line) ?? 0) < count : (had.get(line) ?? 0) + count <= 0 && (has.get(line) ?? 0) > 0,
  )
  if (changed.length === 0) return { kind: 'proved', since: [] }
  const touching = (await range.touching(paths)).slice(-mostCommits)
  const first = Math.min(...claim.as.map((oid) => touching.indexOf(oid)).filter((index) => index !== -1))
  const later = touching.slice(Number.isFinite(first) ? first + 1 : 0)
  const byCommits = await followUp(workshop, { changed, wanted, onto: claim.onto }, later)
  const all = [...new Set([...paths, ...byCommits.movedTo])]
  const { open, undone, since } = await followMainLine(workshop, byCommits, { wanted, paths: all, range })
  if (open.length > 0) {
    // Nothing of it is left, whatever took it away: a merge shows in no commit's own diff.
    if (changed.length === wanted.size) return { kind: 'taken-back', by: null }
    return { kind: 'unproved', lines: open }
  }
  const by =
    takenBackBy(claim, own, { wanted, undone }) ??
    (await revertOf(workshop, claim.as, { wanted, undone, since }))
  return by === null ? { kind: 'proved', since } : { kind: 'taken-back', by }
}

/** What commits did to some lines in the end, each against its first parent, and in which files. */
async function broughtBy(
  workshop: Workshop,
  commits: readonly Oid[],
  wanted: NetLines,
): Promise<{ readonly net: NetLines; readonly paths: readonly Bytes[] }> {
  const net = new Map<Bytes, number>()
  const paths = new Set<Bytes>()
  for (const oid of commits) {
    const diff = await diffOf(workshop, oid)
    for (const [line, count] of netLines(diff)) {
      if (wanted.has(line)) net.set(line, (net.get(line) ?? 0) + count)
    }
    for (const { path, text } of diff) {
      if (changedLines(text).some((line) => wanted.has(line.slice(1)))) paths.add(path)
    }
  }
  return { net, paths: [...paths] }
}

/** Counts the lines of some files of a commit together. */
async function linesAt(
  workshop: Workshop,
  commit: Oid,
  paths: readonly Bytes[],
): Promise<ReadonlyMap<Bytes, number>> {
  return linesOf(workshop, (await workshop.quarantine.objects.commit(commit)).tree, paths)
}

interface Followed {
  /** Lines that no later commit accounts for. */
  readonly open: readonly Bytes[]
  /** Lines that a later commit undid with nothing in their place. */
  readonly undone: ReadonlyMap<Bytes, Oid>
  /** The later commits that did something to lines of the change, in their order. */
  readonly since: readonly Oid[]
}

/**
 * Looks for the later upstream commits that did something to lines of the change. A line that one of them moved to a file
 * which lacks it in the target stays open: what took it away there came after that, and only the main line shows it.
 */
async function followUp(
  workshop: Workshop,
  {
    changed,
    wanted,
    onto,
  }: {
    readonly changed: readonly (readonly [Bytes, number])[]
    readonly wanted: NetLines
    readonly onto: Oid
  },
  later: readonly Oid[],
): Promise<Followed & { readonly movedTo: readonly Bytes[] }> {
  const open = new Map(changed)
  const movedOn = new Set<Bytes>()
  const movedTo = new Set<Bytes>()
  const undone = new Map<Bytes, Oid>()
  const since = new Set<Oid>()
  for (const oid of later.toReversed()) {
    if (open.size === 0) break
    const diff = await diffOf(workshop, oid)
    const net = netLines(diff)
    for (const [line, count] of [...open]) {
      const fate = fateIn(diff, net, { line, count, wanted })
      if (fate === 'untouched' || movedOn.has(line)) continue
      const places = fate === 'moved' ? pathsOfAdded(diff, line) : []
      if (fate === 'moved' && !(await linesAt(workshop, onto, places)).has(line)) {
        movedOn.add(line)
        for (const path of places) movedTo.add(path)
        continue
      }
      if (fate === 'undone') undone.set(line, oid)
      open.delete(line)
      since.add(oid)
    }
  }
  return { open: [...open.keys()], undone, since: [...since].reverse(), movedTo: [...movedTo] }
}

/**
 * Looks along upstream's main line (first parents) for what is still open: merges change lines that no other commit does,
 * and a line that stands several times is fewer only there.
 */
async function followMainLine(
  workshop: Workshop,
  followed: Followed,
  at: { readonly wanted: NetLines; readonly paths: readonly Bytes[]; readonly range: UpstreamRange },
): Promise<Followed> {
  if (followed.open.length === 0) return followed
  const parents = await at.range.parents()
  const open = new Set(followed.open)
  const undone = new Map(followed.undone)
  const since = new Set<Oid>()
  let oid = [...parents.keys()].at(-1)
  while (oid !== undefined && open.size > 0) {
    const parent: Oid | undefined = parents.get(oid)?.[0]
    if (parent === undefined) break
    if (await changesAny(workshop, [parent, oid], at.paths)) {
      const [had, has] = await Promise.all([parent, oid].map((each) => linesAt(workshop, each, at.paths)))
      const diff = await diffOf(workshop, oid)
      const net = netLines(diff)
      for (const line of [...open]) {
        const count = at.wanted.get(line) ?? 0
        const [was, is] = [had?.get(line) ?? 0, has?.get(line) ?? 0]
        if (count > 0 ? was <= is || is >= count : was >= is) continue
        const fate = fateIn(diff, net, { line, count, wanted: at.wanted })
        if (fate === 'undone') undone.set(line, oid)
        open.delete(line)
        since.add(oid)
      }
    }
    oid = parents.has(parent) ? parent : undefined
  }
  const order = [...parents.keys()].filter((each) => since.has(each) || followed.since.includes(each))
  return { open: [...open], undone, since: order }
}

/** Whether one of the paths differs between two commits. */
async function changesAny(
  { trees, quarantine }: Workshop,
  commits: readonly Oid[],
  paths: readonly Bytes[],
): Promise<boolean> {
  const [one = '', other = ''] = await Promise.all(
    commits.map(async (oid) => (await quarantine.objects.commit(oid)).tree),
  )
  if (one === other) return false
  for (const path of paths) {
    const [was, is] = await Promise.all([trees.lookUp(one, path), trees.lookUp(other, path)])
    if (was?.oid !== is?.oid) return true
  }
  return false
}

/** The files in which a diff adds a line. */
function pathsOfAdded(diff: Diff, line: Bytes): readonly Bytes[] {
  return diff.filter(({ text }) => changedLines(text).includes(`+${line}`)).map(({ path }) => path)
}

/** What a later commit did to a line that the change had added (or removed). */
function fateIn(
  diff: Diff,
  net: NetLines,
  { line, count, wanted }: { readonly line: Bytes; readonly count: number; readonly wanted: NetLines },
): 'untouched' | 'moved' | 'replaced' | 'undone' {
  const isTaken = diff.some(({ text }) => changedLines(text).includes(`-${line}`))
  if (count < 0) return (net.get(line) ?? 0) > 0 ? 'undone' : 'untouched'
  if (!isTaken) return 'untouched'
  if ((net.get(line) ?? 0) >= 0) return 'moved'
  return diff.some((file) => replaces(file, line, wanted)) ? 'replaced' : 'undone'
}

/** Whether the hunk that takes a line away puts something in its place that says anything, and is not what was there before. */
function replaces({ text }: FileChange, line: Bytes, wanted: NetLines): boolean {
  const runs = text.slice(text.indexOf('\n@@') + 1).split(/^(?=[ @])/m)
  const isNew = (added: Bytes) => saysSomething(added) && (wanted.get(added) ?? 0) >= 0
  return runs.some((run) => {
    const lines = changedLines(`\n@@\n${run}`)
    return lines.includes(`-${line}`) && lines.some((each) => each.startsWith('+') && isNew(each.slice(1)))
  })
}

/** A change without lines that say anything (a mode, a binary file, braces) is there where the very entries are. */
async function proveWithoutLines(
  workshop: Workshop,
  { change, onto, isTwin = false }: LandingClaim,
  own: Diff,
): Promise<LandingProof> {
  const { tree } = await workshop.quarantine.objects.commit(onto)
  if (own.length === 0) return { kind: 'proved', since: [] }
  const merged = await workshop.merger.tryMerge(change.before, tree, change.after)
  // Upstream went on from its own commit, and nothing of what it did can be done again.
  const isLeft = merged === tree || (isTwin && merged === null)
  return isLeft ? { kind: 'proved', since: [] } : { kind: 'unproved', lines: [] }
}

/**
 * The upstream commits that brought the lines of a change: of each line, the last that added it, or removed it. Empty
 * where one of them never came. Only a claim: `proveLanding` says whether it holds.
 */
export async function bringersOf(
  workshop: Workshop,
  change: LandingClaim['change'],
  range: UpstreamRange,
): Promise<readonly Oid[]> {
  const own = await workshop.plain.diff(change.before, change.after)
  const open = new Map(netLines(own))
  const paths = [...new Set(own.flatMap(({ path, oldPath }) => [path, oldPath]))]
  const commits = (await range.touching(paths)).slice(-mostCommits)
  const found = new Set<Oid>()
  for (const oid of commits.toReversed()) {
    if (open.size === 0) break
    for (const [line, done] of netLines(await diffOf(workshop, oid))) {
      const wanted = open.get(line)
      if (wanted === undefined || wanted > 0 !== done > 0) continue
      found.add(oid)
      if (covers(done, wanted)) open.delete(line)
      else open.set(line, wanted - done)
    }
  }
  return open.size > 0 ? [] : commits.filter((oid) => found.has(oid))
}
