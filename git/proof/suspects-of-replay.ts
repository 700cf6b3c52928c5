import type { Oid } from '../../domain/patch.ts'
import { displayPath, readableText } from '../objects/bytes.ts'
import { ownTrees } from '../replay/own-diff.ts'
import type { ReplayedChain } from '../replay/replay-stack.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Ownership } from '../stack/upstream-own.ts'
import type { Suspect } from '../types.ts'
import { unaccounted } from './account.ts'
import { checkContent } from './content.ts'
import { netLines } from './net-lines.ts'
import { openStoodUpstream } from './stood-upstream.ts'
import { contradictions } from './words.ts'

/**
 * What a replay cannot prove, for a person to look at: lines of the result that neither side accounts for, verdicts that
 * the commits contradict, and commits of the fork that upstream has but the target lacks. It judges by trees and diffs
 * alone: the base, the target, the fork's head, the new commits, and the verdicts with the commits that they name.
 */
export async function suspectsOfReplay(
  workshop: Workshop,
  replayed: ReplayedChain,
  { onto, ownership }: { readonly onto: Oid; readonly ownership: Ownership },
): Promise<readonly Suspect[]> {
  if (replayed.conflict) return []
  const { chain, changes, records, range } = replayed
  const target = (await workshop.quarantine.objects.commit(onto)).tree
  const base = chain.links[0]?.before ?? chain.tree
  const states = { base, target, head: chain.tree, result: replayed.tree }
  const touched = async (path: string) => (await range.touching([path])).length > 0
  const trees = new Map(changes.map((change) => [change.patch.oid, ownTrees(change)]))
  const told = records.map(({ oid, verdict }) => ({
    oid,
    verdict,
    own: trees.get(oid) ?? { before: base, after: base },
  }))
  const steps = told.map(({ own }) => own.after)
  const stoodUpstream = openStoodUpstream(workshop, { base, onto, range })
  const [findings, contradicted, leftOut] = await Promise.all([
    checkContent(workshop, states, { steps, settled: replayed.settled, touched }),
    contradictions(workshop, records, (oid) => trees.get(oid) ?? null),
    suspectsOfLeftOut(workshop, ownership, target),
  ])
  return [
    ...leftOut,
    ...contradicted,
    ...(await unaccounted(workshop, findings, { patches: told, stoodUpstream })),
  ]
}

const mostLines = 20

/** The commits of doubtful ownership whose change the target does not hold. */
async function suspectsOfLeftOut(
  workshop: Workshop,
  { doubtful }: Ownership,
  target: Oid,
): Promise<readonly Suspect[]> {
  const lists = await Promise.all(
    doubtful.map(async (oid): Promise<readonly Suspect[]> => {
      const { objects } = workshop.quarantine
      const { tree, parents } = await objects.commit(oid)
      const [parent] = parents
      if (parent === undefined) return []
      const before = (await objects.commit(parent)).tree
      if ((await workshop.merger.tryMerge(before, target, tree)) === target) return []
      const diff = await workshop.plain.diff(before, tree)
      return diff.slice(0, 1).map((file) => ({
        oid,
        path: displayPath(file.path).text,
        lost: [...netLines([file]).keys()].slice(0, mostLines).map((line) => readableText(line, null)),
        kind: 'left-out',
      }))
    }),
  )
  return lists.flat()
}

/** Suspects that were found in two ways are shown once. */
export function withoutTwins(suspects: readonly Suspect[]): readonly Suspect[] {
  const known = new Set<string>()
  return suspects.filter(({ oid, path, lost }) => {
    const keys = lost.map((line) => JSON.stringify([oid, path, line]))
    const isNew = keys.length === 0 || keys.some((key) => !known.has(key))
    for (const key of keys) known.add(key)
    return isNew
  })
}
