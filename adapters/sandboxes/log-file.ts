import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { UndriftError } from '../../domain/errors.ts'
import { harmlessLines } from './harmless-lines.ts'

/** A log that never grows past its limit, and that holds no command to whoever prints it. */
export interface LogFile {
  /** Takes as much as still fits; says whether all of it did. */
  write(chunk: Buffer): boolean
  close(): void
}

/** Opens the log anew; never through a symbolic link, which untrusted code may have laid. */
export function openLog(path: string, limit: number): LogFile {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
  const descriptor = wrapped(path, () => openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600))
  const lines = harmlessLines()
  let taken = 0
  const write = (bytes: Buffer): void => {
    let offset = 0
    while (offset < bytes.length) {
      offset += wrapped(path, () => writeSync(descriptor, bytes, offset))
    }
  }
  return {
    write(chunk) {
      const piece = chunk.subarray(0, limit - taken)
      taken += piece.length
      write(lines.take(piece))
      return piece.length === chunk.length
    },
    close() {
      try {
        write(lines.end())
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

function wrapped<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC'
    throw new UndriftError(full ? 'UNDRIFT_E_DISK' : 'UNDRIFT_E_INTERNAL', `Cannot write the log ${path}.`, {
      cause,
    })
  }
}
