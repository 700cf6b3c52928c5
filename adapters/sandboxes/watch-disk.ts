import { execFile } from 'node:child_process'
import { statfsSync } from 'node:fs'

/** Looks at how much some folders weigh while they are written to. */
export interface DiskWatch {
  /** Cheap enough to be asked four times a second. */
  isOver(): boolean
  /** Looks once more, after the end. */
  settled(): Promise<boolean>
}

/** Of the room that is left at the start, a box may fill so much at most. */
const mostOfFree = 0.8
/** So many more files than there were are too many, whatever they weigh. */
const mostFiles = 2_000_000
const lookAgainMs = 30_000

/**
 * Watches folders on one file system. To weigh them takes a walk, so that is done only when the file system lost as much room
 * as they may still take, and now and then.
 */
export function watchDisk(folders: readonly string[], limitBytes: number): DiskWatch {
  const start = standing(folders)
  let limit = limitBytes
  let over = false
  let measuring: Promise<void> | null = null
  /** What was found last; before that, nothing may be written without a look. */
  let last = { free: start.free, room: 0, at: Number.NEGATIVE_INFINITY }

  async function measure(): Promise<void> {
    const { free } = standing(folders)
    const { bytes, whole } = await weigh(folders)
    if (last.at === Number.NEGATIVE_INFINITY) limit = Math.min(limitBytes, bytes + start.free * mostOfFree)
    // What hides in folders that are closed is seen by the room that is gone.
    const hidden = !whole && last.at !== Number.NEGATIVE_INFINITY && last.free - free > last.room
    over ||= bytes > limit || hidden
    last = { free, room: Math.max(0, limit - bytes), at: performance.now() }
  }

  function look(): void {
    measuring ??= measure().finally(() => {
      measuring = null
    })
  }

  function isSuspect(): boolean {
    const now = standing(folders)
    if (start.files - now.files > mostFiles) over = true
    return last.free - now.free > last.room || performance.now() - last.at > lookAgainMs
  }

  return {
    isOver() {
      if (!over && measuring === null && isSuspect()) look()
      return over
    },
    async settled() {
      await measuring
      if (!over && isSuspect()) await measure()
      return over
    },
  }
}

/** What is free on the file system: bytes and files. */
function standing([folder = '/']: readonly string[]): { readonly free: number; readonly files: number } {
  try {
    const { bavail, bsize, ffree } = statfsSync(folder)
    return { free: bavail * bsize, files: ffree }
  } catch {
    return { free: 0, files: 0 }
  }
}

/** What the folders weigh on the disk, and whether all of them could be looked into. */
function weigh(folders: readonly string[]): Promise<{ readonly bytes: number; readonly whole: boolean }> {
  return new Promise((resolve) => {
    const argv = ['-s', '-k', '--', ...folders]
    execFile(
      'du',
      argv,
      { env: { PATH: process.env.PATH, LC_ALL: 'C' }, maxBuffer: 1 << 24 },
      (_error, stdout, stderr) => {
        const lines = stdout.split('\n').map((line) => Number(/^(\d+)\t/.exec(line)?.[1] ?? 0))
        resolve({
          bytes: lines.reduce((sum, kilobytes) => sum + kilobytes * 1024, 0),
          whole: !stderr.includes('Permission denied'),
        })
      },
    )
  })
}
