import { UndriftError } from '../domain/errors.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { type DeletableRef, deleteRefs, type Mirror, readEvents, readLedger } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { accessTo } from './secrets.ts'

const mostDeleted = 50

/**
 * Deletes the candidates and backups of a line that are older than the newest `publish.keep`, by its ledger: only what
 * this line made, and only where it is still what was made. Answers why a remote could not be cleaned, a sentence each.
 */
export async function cleanUp(
  mirror: Mirror,
  { fork }: AttemptSettings,
  deps: ActivityDeps,
): Promise<readonly string[]> {
  const { keep } = fork.publish
  if (keep === undefined) return []
  const line = { fork: fork.name, line: fork.line }
  const attempts = await readLedger(mirror, line)
  const candidates = attempts.flatMap((entry) =>
    entry.candidates.flatMap(({ ref, remote, sha, pushed }) => (pushed ? [{ ref, remote, oid: sha }] : [])),
  )
  const backups = (await readEvents(mirror, line)).flatMap((event) =>
    event.kind === 'promotion'
      ? event.backups.map(({ ref, remote }) => ({ ref, remote, oid: event.from }))
      : [],
  )
  const problems: string[] = []
  for (const remote of fork.remotes) {
    const old = [candidates, backups].flatMap((made) =>
      olderThan(
        made.filter((each) => each.remote === remote.name),
        keep,
      ),
    )
    try {
      await deleteRefs(mirror, accessTo(remote, deps), old.slice(0, mostDeleted))
    } catch (error) {
      mirror.signal?.throwIfAborted()
      if (!(error instanceof UndriftError)) throw error
      problems.push(`Old candidates stay on ${remote.name}: ${error.message.slice(0, 300)}`)
    }
  }
  return problems
}

/** What comes after the first so many refs, each with the value that it was made with last. `made` is the newest first. */
function olderThan(made: readonly DeletableRef[], keep: number): readonly DeletableRef[] {
  const newest = new Map<string, DeletableRef>()
  for (const { ref, oid } of made) if (!newest.has(ref)) newest.set(ref, { ref, oid })
  return [...newest.values()].slice(keep)
}
