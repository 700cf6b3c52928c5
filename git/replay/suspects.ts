import type { Oid } from '../../domain/patch.ts'
import { type Bytes, displayPath, readableText, toBytes } from '../objects/bytes.ts'
import type { Suspect } from '../types.ts'
import { changedLines, type Diff, type FileChange } from './differ.ts'
import type { Workshop } from './workshop.ts'

/** One merge by its four trees. */
export interface MergedTrees {
  readonly base: Oid
  readonly ours: Oid
  readonly theirs: Oid
  readonly result: Oid
}

/**
 * Looks for silent losses in a clean merge: a line whose count one side changed and the other did not, and whose count
 * in the result is the base's again. Only files that both sides changed can lose anything.
 */
export async function findSuspects(
  workshop: Workshop,
  oid: Oid,
  trees: MergedTrees,
): Promise<readonly Suspect[]> {
  const [theirs, result] = await Promise.all([
    workshop.shown.diff(trees.base, trees.theirs),
    workshop.shown.diff(trees.ours, trees.result),
  ])
  if (addsUp(theirs, result)) return []
  const suspects: Suspect[] = []
  for (const change of theirs) {
    const met = result.find((one) => one.path === change.path || one.oldPath === change.oldPath)
    const blobs = await metBlobs(workshop, trees, change, met)
    if (!blobs) continue
    const lost = await lostLines(workshop, blobs)
    if (lost.length > 0)
      suspects.push({ oid, path: displayPath(met?.path ?? change.path).text, lost, kind: 'lost' })
  }
  return suspects
}

/**
 * Whether the result brings and takes the very lines, file by file, that the patch does. Then each line's count is
 * upstream's and the patch's difference, and none can be the base's again that one side alone changed.
 */
function addsUp(theirs: Diff, result: Diff): boolean {
  if (theirs.length !== result.length) return false
  return theirs.every((change, index) => {
    const other = result[index] as FileChange
    if (change.path !== other.path || change.oldPath !== other.oldPath) return false
    const [mine, now] = [changedLines(change.text), changedLines(other.text)]
    return mine.length === now.length && mine.every((line, at) => line === now[at])
  })
}

interface Blobs {
  readonly base: Oid
  readonly ours: Oid
  readonly theirs: Oid
  readonly result: Oid
}

/** The four blobs of a file that both sides changed; null for a file in which nothing met. */
async function metBlobs(
  workshop: Workshop,
  trees: MergedTrees,
  change: FileChange,
  met: FileChange | undefined,
): Promise<Blobs | null> {
  const isFile = (mode: string) => mode === '100644' || mode === '100755'
  if (!isFile(change.oldMode) || !isFile(change.newMode) || change.oldOid === change.newOid) return null
  if (met) {
    if (!isFile(met.oldMode) || !isFile(met.newMode)) return null
    // Upstream did not touch it: nothing met. A result that is the patch's own file may still have lost what upstream did.
    if (met.oldOid === change.oldOid) return null
    return { base: change.oldOid, theirs: change.newOid, ours: met.oldOid, result: met.newOid }
  }
  // The patch changes the file and the result is upstream's: all of the change must be upstream's, too.
  const there = await workshop.trees.lookUp(trees.ours, change.path)
  if (!there || !isFile(there.mode) || there.oid === change.newOid) return null
  return { base: change.oldOid, theirs: change.newOid, ours: there.oid, result: there.oid }
}

async function lostLines(workshop: Workshop, blobs: Blobs): Promise<readonly string[]> {
  const read = async (oid: Oid) => toBytes((await workshop.quarantine.objects.read(oid)).body)
  const [base, ours, theirs, result] = await Promise.all([
    read(blobs.base),
    read(blobs.ours),
    read(blobs.theirs),
    read(blobs.result),
  ])
  if ([base, ours, theirs].some((text) => text.includes('\0'))) return []
  return linesLost({ base, ours, theirs, result }).map((line) => readableText(line, null))
}

/** The lines that one side's change no longer shows in the result, each once, in the order of the texts. */
export function linesLost(texts: {
  readonly base: Bytes
  readonly ours: Bytes
  readonly theirs: Bytes
  readonly result: Bytes
}): readonly Bytes[] {
  const [base, ours, theirs, result] = [texts.base, texts.ours, texts.theirs, texts.result].map(
    countLines,
  ) as [Counts, Counts, Counts, Counts]
  const all = new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])
  return [...all].filter((line) => {
    const before = base.get(line) ?? 0
    const [mine, yours] = [ours.get(line) ?? 0, theirs.get(line) ?? 0]
    const oneSided = (mine !== before) !== (yours !== before)
    return oneSided && (result.get(line) ?? 0) === before
  })
}

type Counts = ReadonlyMap<Bytes, number>

function countLines(text: Bytes): Counts {
  const counts = new Map<Bytes, number>()
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}
