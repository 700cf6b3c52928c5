import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { shellWord } from '../../domain/shell-word.ts'
import { displayPath, toBytes } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { type GitOptions, runGit } from '../process/command.ts'
import type { ResolutionRecord } from '../resolutions/resolution-record.ts'
import { holdsMarkers } from './conflict-markers.ts'
import type { ConflictMerge } from './conflict-merge.ts'
import type { UnsettledPath } from './conflict-take.ts'
import { readBlobs } from './work-tree.ts'

/** As many are named one by one. */
const mostNamed = 10

/**
 * New files that nobody added: part of what was settled or not, which only the person knows. What `.gitignore` or the work tree's own `info/exclude` leave out is left out here.
 */
export async function findStrays(
  quarantine: Quarantine,
  dir: string,
  options: GitOptions,
): Promise<readonly UnsettledPath[]> {
  const own = join(dir, '.git', 'info', 'exclude')
  const excludes = (await stat(own).catch(() => null)) ? [`--exclude-from=${own}`] : []
  const argv = ['ls-files', '--others', '-z', '--directory', '--no-empty-directory']
  const listed = await runGit(
    quarantine,
    [...argv, '--exclude-per-directory=.gitignore', ...excludes],
    options,
  )
  const paths = toBytes(listed.stdout).split('\0').filter(Boolean)
  return paths.slice(0, mostNamed).map((each, index) => {
    const path = displayPath(each).text
    const more = paths.length - mostNamed
    const others =
      index === mostNamed - 1 && more > 0 ? ` So are ${more} more; \`git status\` shows them.` : ''
    return { path, why: `It is new: \`git add ${shellWord(path)}\` takes it along; else remove it.${others}` }
  })
}

/** Files beside the conflict's own into which its markers went, such as one that was renamed. */
export async function findMarked(
  quarantine: Quarantine,
  { more }: Pick<ResolutionRecord, 'more'>,
  { merge, options }: { readonly merge: ConflictMerge; readonly options: GitOptions },
): Promise<readonly UnsettledPath[]> {
  const files = more.flatMap(({ path, before, after }) =>
    after?.mode.startsWith('100') ? [{ path, before: before?.oid ?? '', after: after.oid }] : [],
  )
  const names = files.flatMap(({ before, after }) => [before, after]).filter((oid) => oid !== '')
  const blobs = await readBlobs(quarantine, names, options)
  const sides = merge.paths.flatMap((each) => each.sides)
  return files.flatMap(({ path, before, after }) => {
    const [old, content] = [blobs.get(before), blobs.get(after)]
    if (!content || !holdsMarkers(content, old ? [old, ...sides] : sides)) return []
    return [{ path: displayPath(path).text, why: 'It holds conflict markers; edit the file.' }]
  })
}
