import { appendFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { throwAwayFolder } from '../objects/quarantine.ts'
import { runGit } from '../process/command.ts'
import { FsckError } from '../process/fsck-failure.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { accessOptions, readOptions } from './remote-access.ts'

/**
 * The refusal of a fetch with the commit that brings the object: Git names a tree or blob alone, and those that were
 * fetched with it are gone. So they are taken once more, unchecked, into a folder that nothing is checked out of and that
 * is thrown away. Where even that fails, the refusal stays as it was.
 */
export async function nameRefused(
  mirror: Mirror,
  access: RemoteAccess,
  refused: { readonly error: FsckError; readonly refspecs: readonly string[] },
): Promise<FsckError> {
  const { error } = refused
  const folder = throwAwayFolder()
  try {
    const place = { path: join(folder, 'all.git'), signal: mirror.signal }
    const format = await runGit(mirror, ['rev-parse', '--show-object-format'])
    const object = `--object-format=${format.stdout.toString('latin1').trim()}`
    await runGit({ cwd: folder }, ['init', '--quiet', '--bare', '--template=', object, '--', place.path])
    await appendFile(join(place.path, 'objects', 'info', 'alternates'), `${join(mirror.path, 'objects')}\n`)
    const options = accessOptions(access)
    await runGit(
      place,
      [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--stdin',
        ...readOptions(access),
        '--',
        access.remote.url,
      ],
      {
        ...options,
        config: [...options.config, ['fetch.fsckObjects', 'false']],
        stdin: `${refused.refspecs.join('\n')}\n`,
      },
    )
    const type = (await runGit(place, ['cat-file', '-t', error.oid])).stdout.toString('latin1').trim()
    if (type === 'commit' || type === 'tag') return new FsckError(error, `The ${type} ${error.oid}`)
    const commit = await commitWith(place, error.oid)
    return commit === null ? error : new FsckError(error, `Commit ${commit} (its ${type} ${error.oid})`)
  } catch {
    mirror.signal?.throwIfAborted()
    return error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The oldest commit that has an object as its tree or in it; null where none has. */
async function commitWith(place: Mirror, oid: string): Promise<string | null> {
  const log = ['log', '--all', '--reverse', '--no-show-signature']
  const trees = (await runGit(place, [...log, '--format=%H %T'])).stdout.toString('latin1')
  const line = trees.split('\n').find((each) => each.endsWith(` ${oid}`))
  if (line !== undefined) return line.slice(0, line.indexOf(' '))
  const argv = [...log, '-t', '-m', '--format=%H', '--no-patch', `--find-object=${oid}`]
  const found = (await runGit(place, argv)).stdout.toString('latin1')
  return found.split('\n')[0] || null
}
