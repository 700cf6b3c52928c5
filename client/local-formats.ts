import { fileURLToPath } from 'node:url'
import type { Config } from '../config/config.ts'
import { otherFormat } from '../git/mirror/object-format.ts'
import type { ObjectFormat } from '../git/objects/objects.ts'
import { runGit } from '../git/process/command.ts'

/**
 * Refuses a fork whose repositories have another object format than its upstream, as far as they lie on this machine:
 * others are asked when they are fetched. Throws UNDRIFT_E_FORMAT.
 */
export async function refuseMixedFormats({ upstreams, forks }: Config, signal: AbortSignal): Promise<void> {
  const known = new Map<string, Promise<ObjectFormat | null>>()
  const formatAt = (url: string) => {
    const found = known.get(url) ?? localFormat(url, signal)
    known.set(url, found)
    return found
  }
  for (const fork of forks) {
    const upstream = upstreams.find(({ name }) => name === fork.upstream)
    const expected = upstream === undefined ? null : await formatAt(upstream.git.url)
    if (expected === null) continue
    for (const { url } of fork.remotes) {
      const format = await formatAt(url)
      if (format !== null && format !== expected) throw otherFormat(url, format, expected)
    }
  }
}

/** The object format of a repository on this machine; null for another, and for one that cannot be read. */
async function localFormat(url: string, signal: AbortSignal): Promise<ObjectFormat | null> {
  const path = url.startsWith('/') ? url : url.startsWith('file:') ? fileURLToPath(url) : null
  if (path === null) return null
  try {
    const { stdout } = await runGit({ cwd: path, signal }, ['rev-parse', '--show-object-format'])
    const format = stdout.toString('latin1').trim()
    return format === 'sha1' || format === 'sha256' ? format : null
  } catch {
    signal.throwIfAborted()
    return null
  }
}
