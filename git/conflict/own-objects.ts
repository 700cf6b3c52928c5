import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { listRefs } from '../mirror/refs.ts'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'

/**
 * So many commits of its history a work tree knows, the newest first: enough for `git describe`, `git log` and a look at
 * the patches, where all of a long history would have to be copied for every verification.
 */
const mostCommits = 500

/**
 * Gives a work tree objects of its own: a commit, the newest part of its history, and upstream's tags on it. The mirror has
 * every other fork's objects as well, and code that runs here must not read those.
 */
export async function giveObjects(mirror: Mirror, gitDir: string, head: Oid): Promise<void> {
  const { commits, ends } = await newestCommits(mirror, head)
  const shallow = join(gitDir, 'shallow')
  if (ends.length > 0) await writeFile(shallow, ends.map((oid) => `${oid}\n`).join(''))
  const tags = (await listRefs(mirror, 'refs/upstream/tags')).filter(({ peeled }) => commits.has(peeled))
  const boundary = ends.length > 0 ? ['--shallow-file', shallow] : []
  const argv = ['pack-objects', '--quiet', '--revs', '--delta-base-offset', '--window=0']
  await runGit(mirror, [...boundary, ...argv, join(gitDir, 'objects', 'pack', 'pack')], {
    stdin: [head, ...tags.map(({ oid }) => oid)].map((oid) => `${oid}\n`).join(''),
  })
  const lines = tags.map(({ ref, oid, peeled }) => {
    const line = `${oid} ${ref.replace('refs/upstream/', 'refs/')}\n`
    return peeled === oid ? line : `${line}^${peeled}\n`
  })
  // The form of git's packed-refs file, which lists them in their order.
  await writeFile(
    join(gitDir, 'packed-refs'),
    `# pack-refs with: peeled fully-peeled sorted \n${lines.join('')}`,
  )
}

interface NewestCommits {
  readonly commits: ReadonlySet<Oid>
  /** Those that have a parent which is not among them. */
  readonly ends: readonly Oid[]
}

async function newestCommits(mirror: Mirror, head: Oid): Promise<NewestCommits> {
  const argv = ['rev-list', '--parents', `--max-count=${mostCommits}`, head]
  const lines = (await runGit(mirror, argv)).stdout.toString('latin1').trimEnd().split('\n')
  const rows = lines.map((line) => line.split(' '))
  const commits = new Set(rows.map(([oid = '']) => oid))
  const ends = rows.filter(([, ...parents]) => parents.some((parent) => !commits.has(parent)))
  return { commits, ends: ends.map(([oid = '']) => oid) }
}
