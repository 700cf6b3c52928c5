import type { Oid } from '../../domain/patch.ts'
import { displayPath, readableText } from '../objects/bytes.ts'
import { changedLines, type Diff, type FileChange } from '../replay/differ.ts'
import type { PatchRecord } from '../replay/record.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Suspect } from '../types.ts'

/**
 * Holds `unchanged` and `context-only` against the commits themselves: the new one adds and removes the very lines that
 * the patch did, file by file (moved files followed), binary files and modes included. What differs is a suspect.
 */
export async function contradictions(
  workshop: Workshop,
  records: readonly PatchRecord[],
  ownOf: (oid: Oid) => { readonly before: Oid; readonly after: Oid } | null,
): Promise<readonly Suspect[]> {
  const lists = await Promise.all(
    records.map(async ({ oid, newOid, verdict }) => {
      const own = ownOf(oid)
      if ((verdict !== 'unchanged' && verdict !== 'context-only') || newOid === null || own === null)
        return []
      return newOid === oid ? [] : differing(workshop, { oid, newOid, own })
    }),
  )
  return lists.flat()
}

async function differing(
  { shown, trees, quarantine }: Workshop,
  patch: {
    readonly oid: Oid
    readonly newOid: Oid
    readonly own: { readonly before: Oid; readonly after: Oid }
  },
): Promise<readonly Suspect[]> {
  const { tree, parents } = await quarantine.objects.commit(patch.newOid)
  const before = (await quarantine.objects.commit(parents[0] ?? '')).tree
  const { own } = patch
  const [old, made] = await Promise.all([trees.compare(own.before, own.after), trees.compare(before, tree)])
  if (JSON.stringify(old) === JSON.stringify(made)) return []
  const [was, is] = await Promise.all([shown.diff(own.before, own.after), shown.diff(before, tree)])
  const { left, unmatched } = withoutSame(was, is)
  if (left.length === 0 && unmatched.length === 0) return []
  const file = unmatched[0] ?? left[0]
  const [mine, yours] = [left, unmatched].map((files) => files.flatMap(({ text }) => changedLines(text)))
  const had = new Set(mine)
  const has = new Set(yours)
  const lines = [...[...has].filter((line) => !had.has(line)), ...[...had].filter((line) => !has.has(line))]
  return [
    {
      oid: patch.oid,
      path: displayPath(file?.path ?? '').text,
      lost: lines.map((line) => readableText(line.slice(1), null)),
      kind: 'lost',
    },
  ]
}

/** What is left of two diffs where files with the same lines are taken away: those of one path first, then any. */
function withoutSame(was: Diff, is: Diff): { readonly left: Diff; readonly unmatched: Diff } {
  const left = [...was]
  const same = (one: FileChange, other: FileChange) =>
    changedLines(one.text).join('\n') === changedLines(other.text).join('\n')
  const take = (file: FileChange, isMatch: (other: FileChange) => boolean): boolean => {
    const at = left.findIndex((other) => isMatch(other) && same(file, other))
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  }
  const others = is.filter((file) => !take(file, ({ path }) => path === file.path))
  return { unmatched: others.filter((file) => !take(file, () => true)), left }
}
