import type { PatchReport } from '../domain/patch.ts'
import {
  hasObject,
  type LedgerEntry,
  type Mirror,
  rangeDiff,
  readResolution,
  treeOf,
  recordAttempt as writeEntry,
} from '../git/index.ts'
import { cleanUp } from './clean-up.ts'
import type { ActivityDeps } from './deps.ts'
import { publishLedger } from './publish-ledger.ts'
import type { RecordInput, RecordResult } from './record-types.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'

/**
 * Writes an attempt that has ended into the ledger of its line, and publishes that where the config says so. What it ended
 * with is the input's, its time too, so that a retry finds the entry there and writes nothing.
 */
export async function recordAttempt(
  input: RecordInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<RecordResult> {
  const { settings, ...ended } = input
  const { fork } = settings
  const mirror = await openStepMirror(input, deps, step)
  const { head } = ended
  const isHere = head !== null && (await hasObject(mirror, head))
  const record = {
    ...ended,
    fork: fork.name,
    line: fork.line,
    tree: isHere ? await treeOf(mirror, head) : null,
    resolutions: await usedResolutions(mirror, ended.patches),
  }
  const entry = await writeEntry(mirror, record, { rangeDiff: isHere ? await shownTo(mirror, ended) : null })
  const unpublished = await publishLedger(mirror, input, deps)
  const left = ended.outcome === 'changed' ? await cleanUp(mirror, settings, deps) : []
  return { entry, unpublished: [...unpublished, ...left] }
}

/** What a reviewer sees of the replay; null where it is not all here. */
async function shownTo(
  mirror: Mirror,
  { base, stackHead, onto, head }: Pick<RecordInput, 'base' | 'stackHead' | 'onto' | 'head'>,
): Promise<string | null> {
  if (base === null || stackHead === null || onto === null || head === null) return null
  const here = await Promise.all([base, stackHead, onto].map((oid) => hasObject(mirror, oid)))
  if (here.includes(false)) return null
  return rangeDiff(mirror, { base, head: stackHead }, { base: onto, head })
}

/** What settled the patches, in the stack's order, as far as this mirror holds it: it may be another machine's. */
async function usedResolutions(
  mirror: Mirror,
  patches: readonly PatchReport[],
): Promise<LedgerEntry['resolutions']> {
  const found: LedgerEntry['resolutions'][number][] = []
  for (const oid of new Set(patches.flatMap(({ resolution }) => resolution ?? []))) {
    const used = (await hasObject(mirror, oid)) ? await readResolution(mirror, oid) : null
    if (used) found.push({ oid, by: used.by, at: used.at })
  }
  return found
}
