import type { Change } from './change.ts'
import { migrate } from './quarantine.ts'
import { rememberedResolutions } from './remembered.ts'
import { replayChanges } from './replayer.ts'
import type { Mirror, Patch, Replay, ReplayInput, ReplayOptions } from './types.ts'
import { inWorkshop, type Workshop } from './workshop.ts'

/**
 * Moves the stack onto a new base in memory; stops at the first patch that no means can settle. The same input gives
 * the same commit ids everywhere. New objects reach the mirror only as a whole, after the last patch that went well.
 */
export function replay(mirror: Mirror, input: ReplayInput, options: ReplayOptions = {}): Promise<Replay> {
  return inWorkshop(mirror, async (workshop) => {
    const { stack, onto, committer } = input
    const changes = await Promise.all(stack.patches.map((patch) => changeOf(workshop, patch)))
    const replayed = await replayChanges(workshop, {
      base: stack.base,
      onto,
      changes,
      committer,
      settle: rememberedResolutions(workshop, input.attempt),
      ...options,
    })
    const reports = replayed.records.map(({ oid, subject, verdict, newOid, reason }) => ({
      oid,
      subject,
      verdict,
      newOid,
      reason,
    }))
    const { conflict, head, tree } = replayed
    const stages = conflict?.paths.flatMap(({ base, ours, theirs }) => [base, ours, theirs]) ?? []
    const blobs = stages.flatMap((stage) => (stage && stage.mode !== '160000' ? [stage.oid] : []))
    if (head !== onto || blobs.length > 0)
      await migrate(workshop.quarantine, [head, ...blobs], [onto, stack.head])
    if (!conflict) return { kind: 'done', head, tree, reports }
    const at = { patch: conflict.change.patch, lastGood: conflict.lastGood, paths: conflict.paths }
    return { kind: 'conflict', at, reports }
  })
}

async function changeOf(workshop: Workshop, patch: Patch): Promise<Change> {
  const { objects } = workshop.quarantine
  const source = await objects.commit(patch.oid)
  const before = (await objects.commit(patch.parent)).tree
  return { patch, before, after: patch.tree, source, folded: [], note: null, drop: null }
}
