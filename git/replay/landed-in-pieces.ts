import type { Oid } from '../../domain/patch.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import type { Arrivals, TwoTrees } from './arrivals.ts'
import { filesOf, hunksOf } from './pieces.ts'
import type { Workshop } from './workshop.ts'

/**
 * The upstream commits that brought a patch piece by piece, upstream's own work on the first between them: then no commit
 * ever held the whole. Each piece is proved as a whole patch is, and one that never came, or that was taken back, speaks
 * against all. Null when upstream does not have every piece.
 */
export async function piecesOf(
  {
    workshop,
    arrivals,
    range,
  }: { readonly workshop: Workshop; readonly arrivals: Arrivals; readonly range: UpstreamRange },
  change: TwoTrees,
  target: Oid,
): Promise<readonly Oid[] | null> {
  const commitOf = async (piece: TwoTrees): Promise<Oid | null> => {
    const arrival = await arrivals.ofWhole(await arrivals.candidates([piece]), piece)
    if (arrival === 'taken-back') return null
    return arrival ?? ((await arrivals.isHeld(piece, target)) ? arrivals.anywhere(piece) : null)
  }
  const commitsOf = async (pieces: readonly TwoTrees[]): Promise<readonly Oid[] | null> => {
    const commits: Oid[] = []
    for (const piece of pieces) {
      const commit = await commitOf(piece)
      if (commit === null) return null
      commits.push(commit)
    }
    return pieces.length === 0 ? null : commits
  }
  const files = await filesOf(workshop, change)
  const found = new Set<Oid>()
  for (const file of files.length > 0 ? files : [change]) {
    const whole = files.length > 0 ? await commitsOf([file]) : null
    const commits = whole ?? (await commitsOf(await hunksOf(workshop, file)))
    if (commits === null) return null
    for (const commit of commits) found.add(commit)
  }
  return (await range.all()).filter((commit) => found.has(commit))
}
