import type { Oid } from '../../domain/patch.ts'
import { displayPath } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import type { Entry } from '../objects/tree.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import { megabytes, tooHeavy } from '../objects/weigh.ts'
import { limitsAt } from '../process/limits-at.ts'
import { type BlobMerge, isFile } from './merge-blobs.ts'
import type { Sides } from './merger.ts'

/** Looks at what a merge would have to hold in memory. Both throw UNDRIFT_E_TOO_HEAVY. */
export interface Weighing {
  readonly blobs: (merge: BlobMerge) => Promise<void>
  /** The contents that three whole trees make git merge. */
  readonly sides: (sides: Sides) => Promise<void>
}

/** Weighs the contents of merges by the limit of the quarantine's repository. */
export function openWeighing(quarantine: Quarantine, trees: TreeReader): Weighing {
  const most = limitsAt(quarantine).blobBytes
  const known = new Map<Oid, Promise<number>>()
  const refuse = async (oid: Oid, what: string): Promise<void> => {
    const size = known.get(oid) ?? quarantine.objects.size(oid)
    known.set(oid, size)
    if ((await size) <= most) return
    throw tooHeavy('blob', `${what} weighs ${megabytes(await size)} and would have to be merged`)
  }
  return {
    blobs: async ({ base, ours, theirs }) => {
      for (const oid of [base, ours, theirs]) await refuse(oid, `The blob ${oid}`)
    },
    sides: async ({ base, ours, theirs }) => {
      for (const { path, before, after } of await trees.compare(base, theirs)) {
        const mine = await trees.lookUp(ours, path)
        if (mine?.oid === before?.oid || mine?.oid === after?.oid) continue
        const files = [before, mine, after].filter((entry: Entry) => entry !== null && isFile(entry))
        if (files.length < 2) continue
        for (const file of files) if (file) await refuse(file.oid, `"${displayPath(path).text}"`)
      }
    },
  }
}
