import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { UndriftError } from '../../domain/errors.ts'

/** A log that never grows past its limit. */
export interface LogFile {
  /** Takes as much as still fits; says whether all of it did. */
  write(chunk: Buffer): boolean
  close(): void
}

/** Opens the log anew; never through a symbolic link, which untrusted code may have laid. */
export function openLog(path: string, limit: number): LogFile {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
  const descriptor = wrapped(path, () => openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600))
  let written = 0
  return {
    write(chunk) {
      const piece = chunk.subarray(0, limit - written)
      let offset = 0
      while (offset < piece.length) {
        offset += wrapped(path, () => writeSync(descriptor, piece, offset))
      }
      written += piece.length
      return piece.length === chunk.length
    },
    close: () => closeSync(descriptor),
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
