import type { Oid, Verdict } from '../../domain/patch.ts'
import { type Bytes, displayPath, readableText } from '../objects/bytes.ts'
import { changedLines } from '../replay/differ.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Suspect } from '../types.ts'
import type { Finding } from './content.ts'
import type { StoodUpstream } from './stood-upstream.ts'

/** What became of one patch, as far as a proof goes by it. */
export interface ToldPatch {
  readonly oid: Oid
  /** What its commit, or all that was folded together, did in the fork. */
  readonly own: { readonly before: Oid; readonly after: Oid }
  readonly verdict: Verdict | null
}

/** The lines that a patch adds and removes, those that it only moves among both. */
interface Lines {
  readonly patch: ToldPatch
  readonly added: ReadonlySet<Bytes>
  readonly removed: ReadonlySet<Bytes>
  readonly paths: ReadonlySet<Bytes>
}

/**
 * The findings that no verdict accounts for, as suspects. A line that is missing is accounted for where upstream has the
 * patch that added it (which is proved by itself) and lacks the line now, where that patch was dropped, or where a patch
 * that is kept removes it; one that is back, where a patch that is kept adds it or the one that removed it was dropped.
 */
export async function unaccounted(
  workshop: Workshop,
  findings: readonly Finding[],
  {
    patches,
    stoodUpstream,
  }: { readonly patches: readonly ToldPatch[]; readonly stoodUpstream: StoodUpstream },
): Promise<readonly Suspect[]> {
  if (findings.length === 0) return []
  const all = await Promise.all(patches.map((patch) => linesOf(workshop, patch)))
  const open: (Finding & { readonly oid: Oid })[] = []
  for (const finding of findings) {
    if (isAccounted(finding, all)) continue
    if (finding.isElsewhere && finding.kind === 'twice' && !(await stoodUpstream(finding))) continue
    const { line, path } = finding
    const touching =
      all.findLast(({ added, removed }) => added.has(line) || removed.has(line)) ??
      all.findLast(({ paths }) => paths.has(path)) ??
      all.at(-1)
    if (touching) open.push({ ...finding, oid: touching.patch.oid })
  }
  return asSuspects(open)
}

function isAccounted({ line, kind, isInHead, isInTarget }: Finding, all: readonly Lines[]): boolean {
  return all.some(({ patch, added, removed }) => {
    const isGone = patch.verdict === 'landed' || patch.verdict === 'dropped'
    const isKept = !isGone && patch.verdict !== 'emptied' && patch.verdict !== null
    if (kind === 'lost') {
      // What both sides have now is lost, whatever upstream took before.
      if (isInHead && isInTarget && patch.verdict === 'landed') return false
      return (isGone && added.has(line)) || (isKept && !isInHead && removed.has(line))
    }
    if (kind === 'back')
      return (isKept && isInHead && added.has(line)) || (patch.verdict === 'dropped' && removed.has(line))
    return false
  })
}

async function linesOf({ plain }: Workshop, patch: ToldPatch): Promise<Lines> {
  const diff = await plain.diff(patch.own.before, patch.own.after)
  const lines = diff.flatMap(({ text }) => changedLines(text))
  const those = (sign: string) =>
    new Set(lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1)))
  return { patch, added: those('+'), removed: those('-'), paths: new Set(diff.map(({ path }) => path)) }
}

/** Findings as suspects: by patch and file, the lines in the order in which they were found. */
function asSuspects(findings: readonly (Finding & { readonly oid: Oid })[]): readonly Suspect[] {
  const groups = new Map<
    string,
    { readonly first: Finding & { readonly oid: Oid }; readonly lines: Bytes[] }
  >()
  for (const finding of findings) {
    const key = [finding.oid, finding.kind, finding.path].join(' ')
    const group = groups.get(key) ?? { first: finding, lines: [] }
    group.lines.push(finding.line)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ first, lines }) => ({
    oid: first.oid,
    path: displayPath(first.path).text,
    lost: lines.map((line) => readableText(line, null)),
    kind: first.kind,
  }))
}
