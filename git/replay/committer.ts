import { utf8Bytes } from '../objects/bytes.ts'
import { type CommitObject, dateOf } from '../objects/commit-object.ts'

/**
 * The committer of every new commit: by name from the input, by date from the target.
 * Invariant: ids never depend on the clock.
 */
export function committerLine(
  committer: { readonly name: string; readonly email: string },
  target: CommitObject,
): string {
  const clean = (text: string) => utf8Bytes(text.replace(/[<>\n\0]/g, '').trim())
  return `${clean(committer.name)} <${clean(committer.email)}> ${dateOf(target.committer)}`
}
