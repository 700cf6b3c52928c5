import { spawn } from 'node:child_process'
import { endGroup } from '../process/command.ts'

/** What a program beside git came to. */
export type ToolResult =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'missing' }

export interface ToolOptions {
  /** The only folder that the program has; its home, too. */
  readonly folder: string
  readonly stdin: Buffer
  readonly signal: AbortSignal | null
}

/** A check of one signature takes milliseconds; whatever lasts longer is stuck. */
const longestMs = 60_000
const mostOutput = 64 * 1024

/**
 * Runs gpg or ssh-keygen with an environment of its own: no home, no agent, no keyring of the user's. Rethrows the
 * signal's reason when it was aborted.
 */
export async function runTool(
  program: string,
  argv: readonly string[],
  { folder, stdin, signal }: ToolOptions,
): Promise<ToolResult> {
  signal?.throwIfAborted()
  const env = { PATH: process.env.PATH ?? '', HOME: folder, GNUPGHOME: folder, LC_ALL: 'C', TZ: 'UTC' }
  const child = spawn(program, argv, { cwd: folder, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  const end = () => endGroup(child.pid)
  const timer = setTimeout(end, longestMs)
  signal?.addEventListener('abort', end, { once: true })
  // It may end before it has read everything; its own words tell why.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const [out, err] = [collect(child.stdout), collect(child.stderr)]
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? resolve(null) : reject(error),
      )
      child.on('close', (status) => resolve(status ?? 128))
    })
    signal?.throwIfAborted()
    return code === null ? { kind: 'missing' } : { kind: 'ended', code, stdout: out(), stderr: err() }
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => {
    if (text.length < mostOutput) text += chunk.toString('utf8')
  })
  return () => text
}
