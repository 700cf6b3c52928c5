import type { Oid } from '../../domain/patch.ts'
import { assertOid } from '../mirror/queries.ts'
import { readableText, toBytes } from '../objects/bytes.ts'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'

/** A stack by the commit that it stands on and its last patch. */
export interface StackEnds {
  readonly base: Oid
  readonly head: Oid
}

/** Git's own range-diff between a stack and its replayed self, for a reviewer. */
export async function rangeDiff(mirror: Mirror, before: StackEnds, after: StackEnds): Promise<string> {
  for (const oid of [before.base, before.head, after.base, after.head]) assertOid(oid)
  const ranges = [`${before.base}..${before.head}`, `${after.base}..${after.head}`]
  const answer = await runGit(mirror, ['range-diff', '--no-color', ...ranges])
  return readableText(toBytes(answer.stdout), null)
}
