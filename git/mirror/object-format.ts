import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { shellWord } from '../../domain/shell-word.ts'
import type { ObjectFormat } from '../objects/objects.ts'
import { runGit } from '../process/command.ts'
import type { Mirror, RemoteAccess, RemoteRef } from '../types.ts'
import { listRefs } from './refs.ts'

/** The hash function that a repository names its objects with, by one of these names. */
function formatOf(oid: Oid): ObjectFormat {
  return oid.length === 64 ? 'sha256' : 'sha1'
}

/** The format as people write it. */
function formatName(format: ObjectFormat): string {
  return format === 'sha256' ? 'SHA-256' : 'SHA-1'
}

/** A mirror's own format, from its config file, which nobody but us writes. */
export async function formatOfMirror({ path }: Mirror): Promise<ObjectFormat> {
  const config = await readFile(join(path, 'config'), 'utf8')
  return /^\s*objectformat\s*=\s*"?sha256/im.test(config) ? 'sha256' : 'sha1'
}

/**
 * Gives a mirror that holds nothing of any repository yet the format of its upstream, which is known only when it has been
 * asked. Throws UNDRIFT_E_FORMAT where the mirror holds objects of the other format. The caller holds the fetch lock.
 */
export async function takeFormat(
  mirror: Mirror,
  { url, oid }: { readonly url: string; readonly oid: Oid | undefined },
): Promise<void> {
  const mine = await formatOfMirror(mirror)
  if (oid === undefined || formatOf(oid) === mine) return
  const kept = await listRefs(mirror, 'refs')
  if (kept.some(({ ref }) => !ref.startsWith('refs/undrift/'))) {
    throw new UndriftError(
      'UNDRIFT_E_FORMAT',
      `${url} is a ${formatName(formatOf(oid))} repository; its mirror ${mirror.path} holds ${formatName(mine)} objects.`,
      {
        hint: `If upstream was converted, move the mirror away: mv ${shellWord(mirror.path)} ${shellWord(`${mirror.path}.old`)}. It is fetched again.`,
      },
    )
  }
  await remake(mirror, formatOf(oid), kept)
}

/** Refuses a repository whose format is not the mirror's; throws UNDRIFT_E_FORMAT. */
export async function refuseOtherFormat(
  mirror: Mirror,
  access: RemoteAccess,
  refs: readonly RemoteRef[],
): Promise<void> {
  const [first] = refs
  if (first === undefined) return
  const mine = await formatOfMirror(mirror)
  if (formatOf(first.oid) !== mine) throw otherFormat(access.remote.url, formatOf(first.oid), mine)
}

/** The error for a fork's repository of another format than its upstream's. */
export function otherFormat(url: string, theirs: ObjectFormat, upstreams: ObjectFormat): UndriftError {
  return new UndriftError(
    'UNDRIFT_E_FORMAT',
    `${url} is a ${formatName(theirs)} repository, and its upstream is ${formatName(upstreams)}: Git cannot move commits between them.`,
    { hint: `Make the fork again from upstream, as a ${formatName(upstreams)} repository.` },
  )
}

/**
 * Makes the mirror again in another format, with the refs of our own record that it has: an attempt that never reached
 * upstream is in the ledger already. Built aside and renamed, so that there is never half a mirror under the name.
 */
async function remake(mirror: Mirror, format: ObjectFormat, kept: readonly RemoteRef[]): Promise<void> {
  const { path, signal } = mirror
  const aside = `${path}.${randomUUID()}.making`
  const old = `${path}.${randomUUID()}.making`
  const argv = ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, '--', aside]
  try {
    await runGit({ cwd: dirname(path), signal }, argv)
    await writeFile(join(aside, 'description'), 'mirror\n')
    if (kept.length > 0) {
      const told = await runGit(mirror, ['fast-export', '--signed-tags=strip', ...kept.map(({ ref }) => ref)])
      await runGit({ path: aside, signal }, ['fast-import', '--quiet'], { stdin: told.stdout })
    }
    await rename(path, old)
    await rename(aside, path)
  } finally {
    await rm(aside, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
}
