import { UndriftError } from '../../domain/errors.ts'
import { shellWord } from '../../domain/shell-word.ts'
import type { GitResult, Place } from '../process/command.ts'
import { FsckError } from '../process/fsck-failure.ts'
import type { Mirror, RemoteAccess, RemoteRef } from '../types.ts'
import { talk } from './moved-remote.ts'
import { nameRefused } from './name-refused.ts'
import { decodeRefLines } from './ref-text.ts'
import { localPath, readOptions } from './remote-access.ts'
import { remoteKind } from './remote-url.ts'

/**
 * The remote's refs that match one of the patterns: full ref names, with `*` for any run of characters.
 * Throws UNDRIFT_E_REMOTE when it cannot be reached, UNDRIFT_E_AUTH when it refuses,
 * UNDRIFT_E_MOVED when it redirects, UNDRIFT_E_INPUT for a bad URL.
 */
export async function listRemote(
  place: Place,
  access: RemoteAccess,
  patterns: readonly string[],
): Promise<readonly RemoteRef[]> {
  // A plain tag name does not match the line of what the tag points at.
  const asked = patterns.flatMap((pattern) => [pattern, `${pattern}^{}`])
  const argv = ['ls-remote', '--quiet', ...readOptions(access), '--', access.remote.url, ...asked]
  const result = await talk(place, access, { argv })
  const matches = patterns.map(asExpression)
  return parseRemoteRefs(decodeRefLines(result.stdout)).filter(({ ref }) =>
    matches.some((match) => match.test(ref)),
  )
}

/** The output of ls-remote, with each annotated tag's `^{}` line folded into it. */
export function parseRemoteRefs(lines: readonly string[]): RemoteRef[] {
  const refs = new Map<string, RemoteRef>()
  for (const line of lines) {
    const match = /^([0-9a-f]{40,64})\t(.+?)(\^\{\})?$/.exec(line)
    if (!match) continue
    const [, oid = '', ref = '', peeled] = match
    const known = refs.get(ref)
    refs.set(
      ref,
      peeled ? { ref, oid: known?.oid ?? oid, peeled: oid } : { ref, oid, peeled: known?.peeled ?? oid },
    )
  }
  return [...refs.values()]
}

/** ls-remote itself matches tails of names: `refs/heads/x` would find `refs/other/refs/heads/x`. */
function asExpression(pattern: string): RegExp {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`)
}

/**
 * Fetches exactly these refspecs, all or none, and nothing beside them. Callers who write the same refs hold the
 * mirror's fetch lock. Throws as `listRemote` does,
 * UNDRIFT_E_FSCK for an object that does not pass Git's checks, and UNDRIFT_E_STACK for a shallow repository.
 */
export async function fetchRefs(
  mirror: Mirror,
  access: RemoteAccess,
  refspecs: readonly string[],
): Promise<void> {
  const argv = [
    'fetch',
    '--quiet',
    '--no-tags',
    '--atomic',
    '--no-auto-maintenance',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--refmap=',
    '--stdin',
    ...readOptions(access),
    '--',
    access.remote.url,
  ]
  try {
    const { stderr } = await fetchInto(mirror, access, { argv, stdin: `${refspecs.join('\n')}\n` })
    // Git leaves such a ref out and calls it a success.
    if (/rejected .+ because shallow roots are not allowed/.test(stderr)) throw shallowRemote(access)
  } catch (error) {
    if (error instanceof FsckError) throw await nameRefused(mirror, access, { error, refspecs })
    throw error
  }
}

function shallowRemote({ remote: { url } }: RemoteAccess): UndriftError {
  const place = remoteKind(url) === 'file' ? `git -C ${shellWord(localPath(url))}` : 'git'
  return new UndriftError('UNDRIFT_E_STACK', `${url} is a shallow clone: its older history is missing.`, {
    hint: `Complete it there with \`${place} fetch --unshallow\`, or name the repository that it was cloned from.`,
  })
}

/** Runs a fetch whose pack is bounded while it comes in. One pack, however small, is what can be measured. */
export async function fetchInto(
  mirror: Mirror,
  access: RemoteAccess,
  { argv, stdin }: { readonly argv: readonly string[]; readonly stdin: string },
): Promise<GitResult> {
  return talk(mirror, access, { argv, stdin, packInto: mirror.path, config: [['fetch.unpackLimit', '1']] })
}
