import type { Config } from '../config/config.ts'
import { otherFormat } from '../git/mirror/object-format.ts'
import { localPath } from '../git/mirror/remote-access.ts'
import { remoteKind } from '../git/mirror/remote-url.ts'
import type { ObjectFormat } from '../git/objects/objects.ts'
import { runGit } from '../git/process/command.ts'
import { trustIn } from '../git/process/safe-directory.ts'

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
  if (remoteKind(url) !== 'file') return null
  const path = localPath(url)
  try {
    const { stdout } = await runGit({ cwd: path, signal }, ['rev-parse', '--show-object-format'], {
      config: trustIn(path),
    })
    const format = stdout.toString('latin1').trim()
    return format === 'sha1' || format === 'sha256' ? format : null
  } catch {
    signal.throwIfAborted()
    return null
  }
}
