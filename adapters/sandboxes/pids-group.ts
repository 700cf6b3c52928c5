import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from './process-tree.ts'

/** A control group that bounds how many processes and threads are in it. */
export interface PidsGroup {
  /** Puts this in front of a program and its arguments to start it inside. */
  readonly enter: readonly string[]
  members(): number[]
  remove(): void
}

/** Where the pids controller is on machines with the old and the new layout. */
const hierarchies = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup']
const prefix = 'undrift-'
let counter = 0

/**
 * Makes a control group for one box; null where that is not possible. Root needs it, because the kernel's limit per
 * user does not bind root; others have that limit and may not make groups.
 */
export function makePidsGroup(limit: number): PidsGroup | null {
  if (process.getuid?.() !== 0) return null
  for (const hierarchy of hierarchies) {
    removeLeftovers(hierarchy)
    const folder = join(hierarchy, `${prefix}${process.pid}-${counter++}`)
    try {
      mkdirSync(folder)
      writeFileSync(join(folder, 'pids.max'), `${limit}`)
      return groupIn(folder)
    } catch {
      remove(folder)
    }
  }
  return null
}

function groupIn(folder: string): PidsGroup {
  const list = join(folder, 'cgroup.procs')
  return {
    enter: ['/bin/sh', '-c', 'echo $$ >"$0"; exec "$@"', list],
    members() {
      try {
        return readFileSync(list, 'latin1').split('\n').filter(Boolean).map(Number)
      } catch {
        return []
      }
    },
    remove: () => remove(folder),
  }
}

function remove(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Never made, or something in it is not collected yet; then the next box removes it.
  }
}

/** Removes groups whose worker died before it could; one with processes in it cannot be removed. */
function removeLeftovers(hierarchy: string): void {
  let names: string[]
  try {
    names = readdirSync(hierarchy)
  } catch {
    return
  }
  for (const name of names) {
    const owner = new RegExp(`^${prefix}(\\d+)-\\d+$`).exec(name)?.[1]
    if (owner === undefined) continue
    if (Number(owner) === process.pid || !isRunning(Number(owner))) remove(join(hierarchy, name))
  }
}
