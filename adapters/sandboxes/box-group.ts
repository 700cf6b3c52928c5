import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from './process-tree.ts'

/** Control groups that bound how many processes and threads are in a box, and how much memory those use together. */
export interface BoxGroup {
  /** Puts this in front of a program and its arguments to start it inside. */
  readonly enter: readonly string[]
  /** Whether the kernel holds the box to its memory. */
  readonly bindsMemory: boolean
  members(): number[]
  /** Whether the kernel ended something of the box because its memory was used up. */
  ranOutOfMemory(): boolean
  remove(): void
}

export interface GroupLimits {
  readonly threads: number
  readonly memoryBytes: number
}

const root = '/sys/fs/cgroup'
const prefix = 'undrift-'
let counter = 0

/**
 * Makes control groups for one box; null where that is not possible. Root needs them, because the kernel's limit of
 * processes per user does not bind root; others have that limit, and may not make groups.
 */
export function makeBoxGroup(limits: GroupLimits): BoxGroup | null {
  if (process.getuid?.() !== 0) return null
  const name = `${prefix}${process.pid}-${counter++}`
  const folders = existsSync(join(root, 'cgroup.controllers'))
    ? [makeFolder(root, name, { 'pids.max': limits.threads }, newMemory(limits))]
    : [
        makeFolder(join(root, 'pids'), name, { 'pids.max': limits.threads }, {}),
        makeFolder(ownMemoryFolder(), name, oldMemory(limits), {}),
      ]
  const made = folders.filter((folder) => folder !== null)
  return made.length === 0 ? null : groupIn(made)
}

/** The new layout: one tree for all. What is used up ends the whole box, not one process of it. */
function newMemory({ memoryBytes }: GroupLimits): Readonly<Record<string, number>> {
  return { 'memory.max': memoryBytes, 'memory.swap.max': 0, 'memory.oom.group': 1 }
}

function oldMemory({ memoryBytes }: GroupLimits): Readonly<Record<string, number>> {
  return { 'memory.limit_in_bytes': memoryBytes }
}

/** Below this process's own group, whose limits go on to hold. */
function ownMemoryFolder(): string {
  const folder = join(root, 'memory')
  try {
    const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'
    return existsSync(join(folder, own)) ? join(folder, own) : folder
  } catch {
    return folder
  }
}

interface MadeFolder {
  readonly path: string
  readonly bindsMemory: boolean
}

/** Makes a group that must hold to some limits, and holds to others where it can. */
function makeFolder(
  parent: string,
  name: string,
  must: Readonly<Record<string, number>>,
  can: Readonly<Record<string, number>>,
): MadeFolder | null {
  removeLeftovers(parent)
  const path = join(parent, name)
  const set = ([file, value]: readonly [string, number]) => writeFileSync(join(path, file), `${value}`)
  try {
    enableControllers(parent)
    mkdirSync(path)
    Object.entries(must).forEach(set)
  } catch {
    remove(path)
    return null
  }
  let bindsMemory = Object.keys(must).some((file) => file.startsWith('memory.'))
  for (const entry of Object.entries(can)) {
    try {
      set(entry)
      if (entry[0] === 'memory.max') bindsMemory = true
    } catch {
      // This controller is not ours to use; the box is watched instead.
    }
  }
  return { path, bindsMemory }
}

function enableControllers(parent: string): void {
  const file = join(parent, 'cgroup.subtree_control')
  if (!existsSync(file)) return
  for (const controller of ['+pids', '+memory']) {
    try {
      writeFileSync(file, controller)
    } catch {
      // On already, or not ours; the limits themselves tell.
    }
  }
}

function groupIn(folders: readonly MadeFolder[]): BoxGroup {
  const lists = folders.map(({ path }) => join(path, 'cgroup.procs'))
  const words = lists.map((list) => `echo $$ >'${list}'; `).join('')
  return {
    enter: ['/bin/sh', '-c', `${words}exec "$0" "$@"`],
    bindsMemory: folders.some(({ bindsMemory }) => bindsMemory),
    members() {
      try {
        return readFileSync(lists[0] as string, 'latin1')
          .split('\n')
          .filter(Boolean)
          .map(Number)
      } catch {
        return []
      }
    },
    ranOutOfMemory: () => folders.some(({ path }) => kills(path) > 0),
    remove: () => {
      for (const { path } of folders) remove(path)
    },
  }
}

/** How often the kernel ended a process of the group for want of memory. */
function kills(folder: string): number {
  for (const file of ['memory.events', 'memory.oom_control']) {
    try {
      const count = /^oom_kill (\d+)$/m.exec(readFileSync(join(folder, file), 'latin1'))?.[1]
      if (count !== undefined) return Number(count)
    } catch {
      // A group of the other layout, or one without this controller.
    }
  }
  return 0
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
