import { statfs } from 'node:fs/promises'
import { UndriftError } from '../../domain/errors.ts'

/** With less than this, git has most likely failed for want of space, whatever it says. */
const nothingLeft = 64 * 1024
/** The reason of an error that says all there is to say already. */
const named = 'disk-full'

/**
 * The error of a full disk, saying where, how much is free and how much is `needed`, when that is what an error means;
 * else the error itself. Git does not always give the reason: "unable to write file x" may be all.
 */
export async function nameFullDisk(
  error: unknown,
  folder: string,
  options: { readonly needed?: number } = {},
): Promise<unknown> {
  const { needed } = options
  if (error instanceof UndriftError && error.reason === named && needed === undefined) return error
  const free = await freeBytes(folder)
  const code = error instanceof Error && 'code' in error ? error.code : null
  const says = code === 'UNDRIFT_E_DISK' || code === 'ENOSPC' || code === 'EDQUOT'
  const shows = code === 'UNDRIFT_E_GIT' && free !== null && free < (needed ?? nothingLeft)
  if (!says && !shows) return error
  const left = free === null ? '' : ` ${megabytes(free)} are free there.`
  const wanted = needed === undefined ? '' : ` ${megabytes(needed)} are needed.`
  const message = `The disk that holds ${folder} is full.${left}${wanted}`
  return new UndriftError('UNDRIFT_E_DISK', message, { cause: error, reason: named })
}

async function freeBytes(folder: string): Promise<number | null> {
  const found = await statfs(folder).catch(() => null)
  return found ? found.bavail * found.bsize : null
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
