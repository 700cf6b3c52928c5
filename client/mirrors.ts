import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { DataFolder } from '../config/data-folder.ts'
import { gitVersion, type Mirror } from '../git/index.ts'

export interface LocalMirror {
  /** The upstream that it follows. */
  readonly upstream: string
  readonly mirror: Mirror
}

/** The mirrors of this data folder, as they lie there: no server, config or remote is asked, and nothing is made. */
export async function localMirrors(
  data: Pick<DataFolder, 'mirrors'>,
  signal: AbortSignal,
): Promise<readonly LocalMirror[]> {
  await gitVersion()
  const names = await readdir(data.mirrors).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names
    .filter((name) => name.endsWith('.git') && !name.startsWith('.'))
    .sort()
    .map((name) => {
      return { upstream: basename(name, '.git'), mirror: { path: join(data.mirrors, name), signal } }
    })
}
