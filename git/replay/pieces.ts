import { type Bytes, fromBytes, toBytes } from '../objects/bytes.ts'
import { runGit } from '../process/command.ts'
import type { TwoTrees } from './arrivals.ts'
import type { Workshop } from './workshop.ts'

/** A change of more files, or a file of more hunks, is too large to have landed piece by piece unnoticed. */
const mostPieces = 16

/**
 * A change as smaller ones that come to the same together: each file that it changes in place by itself, and what it adds
 * and removes in one piece, because that may be a move. Empty where there is nothing to part.
 */
export async function filesOf({ trees }: Workshop, change: TwoTrees): Promise<readonly TwoTrees[]> {
  const paths = await trees.compare(change.before, change.after)
  const inPlace = paths.filter(({ before, after }) => before !== null && after !== null)
  const others = paths.filter((each) => !inPlace.includes(each))
  const groups = [...inPlace.map((each) => [each]), ...(others.length > 0 ? [others] : [])]
  if (groups.length < 2 || groups.length > mostPieces) return []
  return Promise.all(
    groups.map(async (group) => ({ before: change.before, after: await trees.apply(change.before, group) })),
  )
}

/** The change of one text file as its hunks, each by itself; empty where it is none, or has one hunk only. */
export async function hunksOf(workshop: Workshop, change: TwoTrees): Promise<readonly TwoTrees[]> {
  const { trees, quarantine } = workshop
  const [file, another] = await trees.compare(change.before, change.after)
  if (!file?.before || !file.after || another || file.before.mode !== file.after.mode) return []
  quarantine.objects.flush()
  const argv = ['diff-tree', '-p', '--no-ext-diff', '--no-textconv', '--no-renames']
  const { stdout } = await runGit(quarantine, [...argv, change.before, change.after])
  const hunks = toBytes(stdout).split('\n').flatMap(hunkOf)
  if (hunks.length < 2 || hunks.length > mostPieces) return []
  const [old, now] = await Promise.all(
    [file.before, file.after].map(async ({ oid }) =>
      linesOf(toBytes((await quarantine.objects.read(oid)).body)),
    ),
  )
  if (!old || !now) return []
  const { path, before, after } = file
  return Promise.all(
    hunks.map(async (hunk) => {
      const parts = [
        old.slice(0, hunk.old.from),
        now.slice(hunk.now.from, hunk.now.to),
        old.slice(hunk.old.to),
      ]
      const oid = quarantine.objects.write('blob', fromBytes(parts.flat().join('')))
      const piece = { path, before, after: { ...after, oid } }
      return { before: change.before, after: await trees.apply(change.before, [piece]) }
    }),
  )
}

interface Span {
  readonly from: number
  readonly to: number
}

/** Where a hunk lies in both files, lines counted from 0. */
function hunkOf(line: Bytes): readonly { readonly old: Span; readonly now: Span }[] {
  const match = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
  if (!match) return []
  // An empty span is named by the line before it.
  const span = (at: string | undefined, count: string | undefined): Span => {
    const length = count === undefined ? 1 : Number(count)
    const from = length === 0 ? Number(at) : Number(at) - 1
    return { from, to: from + length }
  }
  return [{ old: span(match[1], match[2]), now: span(match[3], match[4]) }]
}

/** Lines with what ends them, so that joining them gives the very same bytes. */
function linesOf(text: Bytes): readonly Bytes[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
