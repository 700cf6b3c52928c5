import type { Oid } from '../../domain/patch.ts'
import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { Workshop } from '../replay/workshop.ts'
import { countLines } from './line-counts.ts'
import { netLines } from './net-lines.ts'

/**
 * Whether all the lines that a change adds stand in the target's files of the same paths, and some of them did not at
 * the base: upstream may have the change, and merging it could put it in twice.
 */
export async function standsAlready(
  { trees, plain, quarantine }: Workshop,
  change: { readonly before: Oid; readonly after: Oid },
  ends: { readonly base: Oid; readonly onto: Oid },
): Promise<boolean> {
  const [base, onto] = await Promise.all(
    [ends.base, ends.onto].map(async (oid) => (await quarantine.objects.commit(oid)).tree),
  )
  if (base === undefined || onto === undefined) return false
  const textOf = async (tree: Oid, path: Bytes): Promise<Bytes> => {
    const entry: Entry = await trees.lookUp(tree, path)
    if (entry === null || entry.mode === '160000') return ''
    return toBytes((await quarantine.objects.read(entry.oid)).body)
  }
  const paths = (await trees.compare(change.before, change.after)).filter(({ after }) => after !== null)
  let isNew = false
  let isMet = false
  for (const { path } of paths) {
    const [was, is] = await Promise.all([trees.lookUp(base, path), trees.lookUp(onto, path)])
    isMet ||= was?.oid !== is?.oid
  }
  if (!isMet) return false
  for (const file of await plain.diff(change.before, change.after)) {
    const added = [...netLines([file])].filter(([, count]) => count > 0)
    if (added.length === 0) continue
    const [was, is] = await Promise.all([textOf(base, file.path), textOf(onto, file.path)])
    const [had, has] = [countLines(was), countLines(is)]
    for (const [line, count] of added) {
      if ((has.get(line) ?? 0) < count) return false
      isNew ||= (had.get(line) ?? 0) < (has.get(line) ?? 0)
    }
  }
  return isNew
}
