import type { Oid, PatchReport } from '../domain/patch.ts'
import type { Remote } from '../domain/settings.ts'
import { sourceRemote } from '../domain/source-remote.ts'
import {
  addNotes,
  copyNotes,
  fetchRefs,
  forkNotesRef,
  hasObject,
  type Mirror,
  moveNotes,
  notesRef,
  type PushUpdate,
  readRef,
  updateRefs,
  withMirrorLock,
} from '../git/index.ts'
import { attemptRef } from './attempt-refs.ts'
import type { ActivityDeps } from './deps.ts'
import { foldMade } from './fold-made.ts'
import { accessTo } from './secrets.ts'
import type { StackInput } from './types.ts'

/** Copies the notes of the fork's patches to what they became, under a ref of the attempt; nothing outward. */
export async function keepNotes(
  mirror: Mirror,
  input: StackInput,
  reports: readonly PatchReport[],
): Promise<void> {
  const { fork } = input.settings
  const notes = await readRef(mirror, forkNotesRef(fork.name, sourceRemote(fork).name))
  const writer = { committer: fork.committer, onto: input.onto }
  const to = notes === null ? null : await copyNotes(mirror, { notes, reports }, writer)
  const ref = attemptRef(input, 'notes')
  const expected = await readRef(mirror, ref)
  if (to !== expected) await updateRefs(mirror, [{ ref, to, expected }])
}

/** What has to move on a remote so that it holds the attempt's notes beside its own; `there` is its notes' commit. */
export async function notesUpdate(
  mirror: Mirror,
  input: StackInput,
  at: { readonly remote: Remote; readonly there: Oid | null; readonly deps: ActivityDeps },
): Promise<readonly PushUpdate[]> {
  const { fork } = input.settings
  const kept = await readRef(mirror, attemptRef(input, 'notes'))
  if (fork.publish.notes !== true || kept === null) return []
  const { there, remote } = at
  if (there !== null && !(await hasObject(mirror, there))) {
    const local = forkNotesRef(fork.name, remote.name)
    await withMirrorLock(
      mirror,
      () => fetchRefs(mirror, accessTo(remote, at.deps), [`+${notesRef}:${local}`]),
      { purpose: 'fetch' },
    )
  }
  const writer = { committer: fork.committer, onto: input.onto }
  // They were copied for the replay; what was made again since has moved its commits.
  const { moved } = input.made ? await foldMade(mirror, input, input.made) : { moved: [] }
  const copied = await moveNotes(mirror, { notes: kept, moved }, writer)
  const to = await addNotes(mirror, { there, copied }, writer)
  return to === null ? [] : [{ ref: notesRef, to, expected: there }]
}
