import { endGroup, type GitOptions, type Place, spawnGit } from './command.ts'

export interface OutputHead {
  readonly text: string
  /** Whether there would have been more. */
  readonly cut: boolean
}

/**
 * The first bytes of what git prints, for output that may be of any size; git is ended once they are there. What git
 * says of a failure is left out: a caller shows what there is. Rethrows the signal's reason when it was aborted.
 */
export async function outputHead(
  place: Place,
  argv: readonly string[],
  options: GitOptions & { readonly bytes: number },
): Promise<OutputHead> {
  const signal = place.signal ?? null
  signal?.throwIfAborted()
  const child = spawnGit(place, argv, options)
  const chunks: Buffer[] = []
  let length = 0
  const end = () => endGroup(child.pid)
  signal?.addEventListener('abort', end, { once: true })
  child.stdin.on('error', () => {})
  child.stdin.end()
  child.stderr.resume()
  child.stdout.on('data', (chunk: Buffer) => {
    if (length <= options.bytes) chunks.push(chunk)
    if (length <= options.bytes && length + chunk.length > options.bytes) end()
    length += chunk.length
  })
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve())
  }).finally(() => signal?.removeEventListener('abort', end))
  signal?.throwIfAborted()
  const head = Buffer.concat(chunks).subarray(0, options.bytes)
  return { text: new TextDecoder().decode(head), cut: length > options.bytes }
}
