import { UndriftError } from '../../domain/errors.ts'
import { talk } from '../mirror/moved-remote.ts'
import { assertOid } from '../mirror/queries.ts'
import { assertRefName } from '../mirror/ref-name.ts'
import { listRemote } from '../mirror/remote.ts'
import type { GitResult } from '../process/command.ts'
import { codeOf } from '../process/failure.ts'
import { redact } from '../process/redact.ts'
import type { Mirror, PushOutcome, PushUpdate, RemoteAccess } from '../types.ts'
import { wayPatterns, wordsInTheWay } from './in-the-way.ts'
import { type PushedRef, parsePushReport, remoteWords } from './push-report.ts'

const longestWords = 2_000

/**
 * Moves all refs on one remote or none, each only from the value that is named, and asks the remote afterwards where
 * they stand: a cut connection leaves no doubt. Throws UNDRIFT_E_REMOTE (worth another try: nothing is known to have
 * moved), UNDRIFT_E_MOVED, UNDRIFT_E_AUTH or UNDRIFT_E_INPUT.
 */
export async function push(
  mirror: Mirror,
  access: RemoteAccess,
  updates: readonly PushUpdate[],
): Promise<PushOutcome> {
  for (const { ref, to, expected } of updates) {
    assertRefName(ref)
    assertOid(to)
    if (expected !== null) assertOid(expected)
  }
  if (updates.length === 0) return { kind: 'already-there' }
  const tried = await tryPush(mirror, access, updates)
  const report = tried.kind === 'answered' ? parsePushReport(tried.result.stdout.toString('utf8')) : []
  const standing = await whereTheyStand(mirror, access, updates)
  if (standing.kind === 'there') {
    const moved = tried.kind === 'failed' || report.some(({ kind }) => kind === 'moved')
    return { kind: moved ? 'pushed' : 'already-there' }
  }
  if (standing.kind === 'elsewhere') return { kind: 'stale', ref: standing.ref, actual: standing.actual }
  if (tried.kind === 'failed') throw tried.error
  return (await obstacle(mirror, access, updates)) ?? refusal(report, tried.result, access)
}

type Tried =
  | { readonly kind: 'answered'; readonly result: GitResult }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * Invariant: no refspec begins with `+` and nothing says `--force`, either of which would silently cancel the leases;
 * and each lease names its value, because a bare one protects nothing after a fetch.
 */
async function tryPush(mirror: Mirror, access: RemoteAccess, updates: readonly PushUpdate[]): Promise<Tried> {
  const argv = [
    'push',
    '--porcelain',
    '--atomic',
    '--no-follow-tags',
    '--no-verify',
    '--no-signed',
    '--recurse-submodules=no',
    ...updates.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ''}`),
    '--',
    access.remote.url,
    ...updates.map(({ ref, to }) => `${to}:${ref}`),
  ]
  try {
    return {
      kind: 'answered',
      result: await talk(mirror, access, { argv, okCodes: [0, 1] }),
    }
  } catch (error) {
    mirror.signal?.throwIfAborted()
    return { kind: 'failed', error }
  }
}

type Standing =
  | { readonly kind: 'there' }
  | { readonly kind: 'before' }
  | { readonly kind: 'elsewhere'; readonly ref: string; readonly actual: string | null }

async function whereTheyStand(
  mirror: Mirror,
  access: RemoteAccess,
  updates: readonly PushUpdate[],
): Promise<Standing> {
  const names = updates.map(({ ref }) => ref)
  const refs = new Map((await listRemote(mirror, access, names)).map(({ ref, oid }) => [ref, oid]))
  const actual = (update: PushUpdate) => refs.get(update.ref) ?? null
  if (updates.every((update) => actual(update) === update.to)) return { kind: 'there' }
  const astray = updates.find((update) => actual(update) !== update.to && actual(update) !== update.expected)
  return astray ? { kind: 'elsewhere', ref: astray.ref, actual: actual(astray) } : { kind: 'before' }
}

/** A ref that Git cannot keep beside one of these: the remote's own words for it help nobody. */
async function obstacle(
  mirror: Mirror,
  access: RemoteAccess,
  updates: readonly PushUpdate[],
): Promise<PushOutcome | null> {
  const there = await listRemote(mirror, access, [...new Set(updates.flatMap(({ ref }) => wayPatterns(ref)))])
  for (const { ref } of updates) {
    const words = wordsInTheWay(ref, there, access.remote.name)
    if (words !== null) return { kind: 'rejected', ref, words }
  }
  return null
}

/** The refs stand where they stood: either the remote said no, or nobody knows why. */
function refusal(report: readonly PushedRef[], result: GitResult, access: RemoteAccess): PushOutcome {
  const secrets = access.secret === null ? [] : [access.secret]
  const rejected = report.find(({ kind }) => kind === 'rejected')
  if (rejected) {
    const words = [remoteWords(result.stderr), rejected.reason].filter((part) => part !== '').join('\n')
    return { kind: 'rejected', ref: rejected.ref, words: redact(words, secrets).slice(0, longestWords) }
  }
  const words = redact(result.stderr, secrets).trim().slice(-longestWords)
  if (codeOf(result.stderr) === 'UNDRIFT_E_MOVED') {
    const { name, url } = access.remote
    throw new UndriftError('UNDRIFT_E_MOVED', `The remote ${name} (${url}) redirects the push. ${words}`)
  }
  throw new UndriftError(
    'UNDRIFT_E_REMOTE',
    `The push moved nothing, and the remote did not say why. ${words}`,
  )
}
