import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bytes, fromBytes } from '../objects/bytes.ts'
import type { WorkTree } from './work-tree.ts'

/** Whether a path is among what a sparse work tree shows: files in the folders of `around`, and in those above them. */
function isShown(path: Bytes, around: ReadonlySet<Bytes>): boolean {
  const folder = folderOf(path)
  if (folder === '' || around.has(folder)) return true
  return [...around].some((shown) => shown.startsWith(`${folder}/`) || folder.startsWith(`${shown}/`))
}

/**
 * Leaves out of the work tree what lies far from these paths, in the way of `git sparse-checkout` (cone mode), so that
 * the person's own `git sparse-checkout add` and `disable` work. The index still holds everything.
 */
export async function makeSparse(
  workTree: WorkTree,
  paths: Iterable<Bytes>,
  near: readonly Bytes[],
): Promise<void> {
  const around = new Set(near.map(folderOf).filter((folder) => folder !== ''))
  const hidden = [...paths].filter((path) => !isShown(path, around))
  if (hidden.length === 0) return
  const info = join(workTree.dir, '.git', 'info')
  await mkdir(info, { recursive: true })
  await writeFile(join(info, 'sparse-checkout'), fromBytes(conePatterns(around)))
  await workTree.run(['config', '--local', 'core.sparseCheckout', 'true'])
  await workTree.run(['config', '--local', 'core.sparseCheckoutCone', 'true'])
  const stdin = fromBytes(hidden.map((path) => `${path}\0`).join(''))
  await workTree.run(['update-index', '--skip-worktree', '-z', '--stdin'], { stdin })
}

/** The file of `git sparse-checkout`: folders on the way with their own files only, the last ones whole. */
function conePatterns(around: ReadonlySet<Bytes>): Bytes {
  const onTheWay = new Set<Bytes>()
  for (const folder of around) {
    for (let above = folderOf(folder); above !== ''; above = folderOf(above)) onTheWay.add(above)
  }
  const isInside = (folder: Bytes) => [...around].some((other) => folder.startsWith(`${other}/`))
  const parents = [...onTheWay].filter((folder) => !around.has(folder) && !isInside(folder))
  const whole = [...around].filter((folder) => !isInside(folder))
  const lines = [
    '/*',
    '!/*/',
    ...parents.sort().flatMap((folder) => [`/${asPattern(folder)}/`, `!/${asPattern(folder)}/*/`]),
    ...whole.sort().map((folder) => `/${asPattern(folder)}/`),
  ]
  return `${lines.join('\n')}\n`
}

/** Git escapes exactly these; any other backslash ends cone mode. */
function asPattern(folder: Bytes): Bytes {
  return folder.replace(/[\\*?[]/g, '\\$&')
}

function folderOf(path: Bytes): Bytes {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}
