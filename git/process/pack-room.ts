import { readdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

/** The files that git writes a pack into while it comes in. */
async function comingIn(repository: string): Promise<readonly string[]> {
  const folder = join(repository, 'objects', 'pack')
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.startsWith('tmp_')).map((name) => join(folder, name))
}

/** What a fetch leaves behind when it is ended. */
export interface PackRoom {
  /** Half of what was free on the disk when the fetch began. */
  readonly half: number
  /** The bytes of the largest. */
  readonly largest: () => Promise<number>
  /** Removes it. Call it when no process of the fetch runs any more. */
  readonly clear: () => Promise<void>
}

/** Looks at the packs of a repository before a fetch. Those that are coming in already belong to others. */
export async function packRoom(repository: string): Promise<PackRoom> {
  const before = new Set(await comingIn(repository))
  const disk = await statfs(repository)
  const mine = async () => (await comingIn(repository)).filter((path) => !before.has(path))
  return {
    half: (disk.bavail * disk.bsize) / 2,
    largest: async () => {
      const found = (await mine()).map(async (path) => (await stat(path).catch(() => null))?.size ?? 0)
      return Math.max(0, ...(await Promise.all(found)))
    },
    clear: async () => {
      for (const path of await mine()) await rm(path, { force: true })
    },
  }
}
