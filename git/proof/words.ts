import type { Oid } from '../../domain/patch.ts'
import { displayPath, readableText } from '../objects/bytes.ts'
import { changedLines } from '../replay/differ.ts'
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
  const suspects: Suspect[] = []
  for (const [at, file] of is.entries()) {
    const other = was[at]
    const [mine, yours] = [changedLines(other?.text ?? ''), changedLines(file.text)]
    if (mine.join('\n') === yours.join('\n')) continue
    const had = new Set(mine)
    const lines = yours.filter((line) => !had.has(line)).concat(mine.filter((line) => !yours.includes(line)))
    suspects.push({
      oid: patch.oid,
      path: displayPath(file.path).text,
      lost: lines.map((line) => readableText(line.slice(1), null)),
      kind: 'lost',
    })
  }
  return was.length === is.length || suspects.length > 0
    ? suspects
    : [{ oid: patch.oid, path: '', lost: [], kind: 'lost' }]
}
