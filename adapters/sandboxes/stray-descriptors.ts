import { closeSync, readdirSync, readFileSync } from 'node:fs'

const closeOnExec = 0o2000000
let done = false

/**
 * Closes what this process was started with by accident, once: it would be open in every box as well.
 * Node, libuv and the Temporal core open everything close-on-exec, and Node marks the descriptors up to 15 so;
 * what is above and not marked came from outside, and no part of this program knows of it.
 */
export function closeStrayDescriptors(): void {
  if (done) return
  done = true
  for (const descriptor of openDescriptors()) {
    if (descriptor > 15 && survivesExec(descriptor)) closeQuietly(descriptor)
  }
}

function openDescriptors(): number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number)
  } catch {
    return []
  }
}

function survivesExec(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0
  } catch {
    return false
  }
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // Closed since it was listed.
  }
}
