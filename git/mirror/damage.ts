import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import { runGit } from '../process/command.ts'

/** Git's own words for a repository whose files are not whole. Source: git's object-file.c, packfile.c, refs.c and fsck.c. */
const signs = [
  /object file .+ is empty|loose object .+ is corrupt|unable to unpack .+ header|inflate: data stream error/i,
  /is far too short to be a packfile|packfile .+ (?:cannot be|does not match|is not|index)|not a GIT packfile/i,
  /index file .+ (?:is too small|corrupt)|wrong index v\d file size|pack .+ (?:corrupt|is truncated)/i,
  /reference broken|unable to resolve reference|does not point to a valid object|bad (?:tree|object) \S+/i,
  /unable to read (?:tree|sha1 file|object)|missing (?:blob|tree|commit|tag|object)|could not read [0-9a-f]{40}/i,
  /Not a valid (?:commit|object) name [0-9a-f]{40}|Failed to traverse parents|revision walk setup failed/i,
  /not a git repository|bad config|invalid (?:sha1|oid) pointer|unexpected line in .*packed-refs/i,
  /Object [0-9a-f]{40,64} is missing from the repository/i,
]
const longestLookMs = 120_000

/** The error of a mirror that lacks what its refs name. */
export function damagedMirror(what: string): UndriftError {
  return new UndriftError('UNDRIFT_E_GIT', `The mirror is damaged: ${what}.`, { reason: 'mirror-damaged' })
}

/** Whether a failure comes from the mirror's own files. What a remote says of its own is not taken for it. */
export async function isDamaged(path: string, error: unknown): Promise<boolean> {
  const { code, reason } = error instanceof UndriftError ? error : { code: null, reason: null }
  if (reason === 'mirror-damaged') return true
  if (!(await looksLikeMirror(path))) return true
  const words = wordsOf(error)
    .split('\n')
    .filter((line) => !/^(?:git \w+ failed: )?(?:remote|fatal: remote error)\b/.test(line))
    .join('\n')
  if (signs.some((sign) => sign.test(words))) return (await lookAt(path)) !== 'sound'
  return code === 'UNDRIFT_E_GIT' && (await lookAt(path)) === 'damaged'
}

/** An error's words with those of its causes. */
function wordsOf(error: unknown): string {
  return error instanceof Error
    ? `${error.message}\n${error.cause ? wordsOf(error.cause) : ''}`
    : String(error)
}

async function looksLikeMirror(path: string): Promise<boolean> {
  for (const name of ['HEAD', 'objects', 'refs', 'config']) {
    const found = await stat(join(path, name)).catch(() => null)
    if (found === null || (found.isFile() && found.size === 0)) return false
  }
  return true
}

/** Whether git finds every object whole; `unknown` where it cannot tell in time. */
async function lookAt(path: string): Promise<'sound' | 'damaged' | 'unknown'> {
  const signal = AbortSignal.timeout(longestLookMs)
  try {
    const argv = ['fsck', '--no-dangling', '--no-progress', '--no-reflogs']
    const { code, stdout, stderr } = await runGit({ path, signal }, argv, { okCodes: anyCode })
    if (code === 0) return 'sound'
    // A blemish of an honest history is no damage.
    const lines = `${stdout.toString('latin1')}\n${stderr}`.split('\n')
    return lines.some((line) => /^(?:missing|broken link|error: (?!in )|fatal:)/.test(line))
      ? 'damaged'
      : 'sound'
  } catch {
    return signal.aborted ? 'unknown' : 'damaged'
  }
}

const anyCode = Array.from({ length: 256 }, (_, code) => code)
