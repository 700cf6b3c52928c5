import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { dateOf, parseCommit } from '../objects/commit-object.ts'
import { git, runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'

/** Whether a string is a whole object id, of SHA-1 or SHA-256. */
export function isOid(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** Whether the descendant's history holds the ancestor; a commit contains itself. */
export async function contains(
  mirror: Mirror,
  pair: { readonly ancestor: Oid; readonly descendant: Oid },
): Promise<boolean> {
  const argv = ['merge-base', '--is-ancestor', '--', pair.ancestor, pair.descendant]
  return (await runGit(mirror, argv, { okCodes: [0, 1] })).code === 0
}

/**
 * The same as far as the dates of commits tell: `true` is sure, and wrong dates may hide it. Where the answer is no, git
 * reads only what is newer, and not the whole history.
 */
export async function surelyContains(
  mirror: Mirror,
  pair: { readonly ancestor: Oid; readonly descendant: Oid },
): Promise<boolean> {
  assertOid(pair.ancestor)
  assertOid(pair.descendant)
  const argv = ['rev-list', '--max-count=1', pair.ancestor, `^${pair.descendant}`]
  return (await runGit(mirror, argv)).stdout.length === 0
}

/** Whether the mirror holds the object itself; says nothing of what it refers to. */
export async function hasObject(mirror: Mirror, oid: Oid): Promise<boolean> {
  assertOid(oid)
  return (await runGit(mirror, ['cat-file', '-e', oid], { okCodes: [0, 1] })).code === 0
}

/** The committer's date in git's raw form, `<seconds> <zone>`: what a replay onto this commit dates its commits with. */
export async function commitDate(mirror: Mirror, commit: Oid): Promise<string> {
  assertOid(commit)
  // Git's own reading of a blemished line may be empty.
  const { stdout } = await runGit(mirror, ['cat-file', 'commit', commit])
  return dateOf(parseCommit(stdout, commit).committer)
}

/** The commit's tree. */
export async function treeOf(mirror: Mirror, commit: Oid): Promise<Oid> {
  assertOid(commit)
  return (await git(mirror, ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`])).stdout.trim()
}

/** The best common ancestor; null for histories that share none. */
export async function mergeBase(mirror: Mirror, one: Oid, other: Oid): Promise<Oid | null> {
  const answer = await git(mirror, ['merge-base', '--', one, other], { okCodes: [0, 1] })
  return answer.code === 0 ? answer.stdout.trim() : null
}

/** The commit that a ref or id leads to through annotated tags; null when there is none. */
export async function commitOf(mirror: Mirror, name: string): Promise<Oid | null> {
  const argv = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const answer = await git(mirror, argv, { okCodes: [0, 1, 128] })
  const oid = answer.stdout.trim()
  // What is written as an exclusion (`^name`) is verified, too, and answered as one.
  return answer.code === 0 && isOid(oid) ? oid : null
}

/** Refuses what is not a whole object id; only ids and full ref names go to git. */
export function assertOid(text: string): void {
  if (!isOid(text)) throw new UndriftError('UNDRIFT_E_INPUT', `"${text}" is not a whole object id.`)
}
