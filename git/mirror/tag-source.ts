import { appendFile, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { HistoryCommit, TaggedCommit } from '../../domain/version/order-by-commit.ts'
import { runGit } from '../process/command.ts'
import { trustIn } from '../process/safe-directory.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { type ListedTag, listTags } from './list-tags.ts'
import { openMirror } from './mirror.ts'
import { takeFormat } from './object-format.ts'
import { fetchInto } from './remote.ts'
import { localPath, readOptions } from './remote-access.ts'
import { remoteKind } from './remote-url.ts'

/** The tags of a repository that need not be ours, and a look at the commits behind them. */
export interface TagSource extends AsyncDisposable {
  readonly tags: readonly ListedTag[]
  /** The commits of those of the tags that have one. */
  readonly commitsOf: (tags: readonly ListedTag[]) => Promise<readonly TaggedCommit[]>
  /** Every commit that these tags reach, children before their parents. */
  readonly historyOf: (tags: readonly ListedTag[]) => Promise<readonly HistoryCommit[]>
}

/**
 * Lists the tags of a URL or absolute path with ls-remote. Objects are taken into a temporary folder when they are asked
 * for; a repository on this machine is read in place and never written to. Throws as `listRemote` does.
 */
export async function openTagSource(access: RemoteAccess, signal?: AbortSignal): Promise<TagSource> {
  const { url } = access.remote
  const isLocal = remoteKind(url) === 'file'
  const folder = await mkdtemp(join(tmpdir(), 'undrift-tags-'))
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const mirror = await openMirror({ path: join(folder, 'tags.git'), ...(signal ? { signal } : {}) })
    const tags = await listTags(access, signal)
    await takeFormat(mirror, { url, oid: tags[0]?.tagObject })
    if (isLocal) await borrowObjects(mirror, localPath(url))
    const take = async (tags: readonly ListedTag[], depth: readonly string[]) => {
      if (isLocal || tags.length === 0) return
      await fetchCommits(mirror, access, { tags, depth })
      // Git would go and fetch what is missing, object by object; it shall stay missing.
      await runGit(mirror, ['config', '--remove-section', `remote.${url}`], { okCodes: [0, 128] })
    }
    return {
      tags,
      commitsOf: async (tags) => {
        await take(tags, ['--depth=1'])
        return readCommits(mirror, tags)
      },
      historyOf: async (tags) => {
        await take(tags, ['--depth=2147483647'])
        return readHistory(mirror, tags)
      },
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Makes the objects of a repository on this machine readable from ours, with the end of its history where it is shallow. */
async function borrowObjects(mirror: Mirror, path: string): Promise<void> {
  const pathOf = async (name: string) => {
    const place = { cwd: path, signal: mirror.signal }
    const { stdout } = await runGit(place, ['rev-parse', '--git-path', name], { config: trustIn(path) })
    const found = stdout.toString('utf8').replace(/\n$/, '')
    return isAbsolute(found) ? found : resolve(path, found)
  }
  await mkdir(join(mirror.path, 'objects', 'info'), { recursive: true })
  await appendFile(join(mirror.path, 'objects', 'info', 'alternates'), `${await pathOf('objects')}\n`)
  await copyFile(await pathOf('shallow'), join(mirror.path, 'shallow')).catch(ignoreMissing)
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/**
 * Takes the commits without their trees where the server can leave those out. A server may then leave out a tagged tree
 * or blob as well, because a commit that we have should hold it: halves of the list find it, and it is no commit anyway.
 */
async function fetchCommits(
  mirror: Mirror,
  access: RemoteAccess,
  { tags, depth }: { readonly tags: readonly ListedTag[]; readonly depth: readonly string[] },
): Promise<void> {
  const flags = ['--quiet', '--no-tags', '--no-auto-maintenance', '--no-write-fetch-head', '--refmap=']
  const argv = [
    'fetch',
    ...flags,
    '--filter=tree:0',
    ...depth,
    '--stdin',
    ...readOptions(access),
    '--',
    access.remote.url,
  ]
  const refspecs = tags.map(({ tag }) => `+refs/tags/${tag}:refs/tags/${tag}`)
  try {
    await fetchInto(mirror, access, { argv, stdin: `${refspecs.join('\n')}\n` })
  } catch (error) {
    if (!(error instanceof UndriftError)) throw error
    if (error.code !== 'UNDRIFT_E_GIT' && error.code !== 'UNDRIFT_E_FSCK') throw error
    if (tags.length === 1) return
    const middle = tags.length >> 1
    await fetchCommits(mirror, access, { tags: tags.slice(0, middle), depth })
    await fetchCommits(mirror, access, { tags: tags.slice(middle), depth })
  }
}

/** The commits of those of the tags that have one in the mirror. */
export async function readCommits(
  mirror: Mirror,
  tags: readonly ListedTag[],
): Promise<readonly TaggedCommit[]> {
  const stdin = tags.map(({ target }) => `${target}\n`).join('')
  const checked = await runGit(mirror, ['cat-file', '--batch-check=%(objecttype)'], { stdin })
  const types = checked.stdout.toString('utf8').split('\n')
  const commits = tags.filter((_, index) => types[index] === 'commit')
  const oids = [...new Set(commits.map(({ target }) => target))]
  const argv = ['log', '--no-walk=unsorted', '--stdin', '--format=%H %ct']
  const dated =
    oids.length === 0 ? null : await runGit(mirror, argv, { stdin: oids.map((oid) => `${oid}\n`).join('') })
  const lines = dated?.stdout.toString('utf8').trimEnd().split('\n') ?? []
  const dates = new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), Number(line.split(' ')[1])]))
  return commits.map(({ tag, target }) => ({ tag, commit: target, date: dates.get(target) ?? 0 }))
}

/** Every commit that these tags reach in the mirror, children before their parents. */
export async function readHistory(
  mirror: Mirror,
  tags: readonly ListedTag[],
): Promise<readonly HistoryCommit[]> {
  if (tags.length === 0) return []
  const stdin = tags.map(({ target }) => `${target}\n`).join('')
  const walked = await runGit(mirror, ['rev-list', '--topo-order', '--parents', '--stdin'], { stdin })
  const lines = walked.stdout.toString('latin1').trimEnd().split('\n')
  return lines.map((line) => {
    const [oid = '', ...parents] = line.split(' ')
    return { oid, parents }
  })
}
