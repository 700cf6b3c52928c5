import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** How a git process ended. */
export interface GitEnd {
  readonly code: number
  readonly stderr: string
}

/** A git process, however it was started. */
export interface GitProcess {
  /** Its process group; undefined when it could not be started. */
  readonly group: number | undefined
  readonly stdin: Writable
  /** Null where its output goes into a file. */
  readonly stdout: Readable | null
  /** Resolves when all its output is read, too; rejects with the cause when it could not be started. */
  readonly end: Promise<GitEnd>
}

/** Sees a child process as a git process. */
export function toGitProcess(child: ChildProcess & { readonly stdin: Writable }): GitProcess {
  const err: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  const end = new Promise<GitEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const words = Buffer.concat(err).toString('utf8')
      resolve({ code: code ?? 128, stderr: signal === null ? words : `${words}\nended by ${signal}`.trim() })
    })
  })
  // Whoever waits for it hears of a failure.
  end.catch(() => {})
  return { group: child.pid, stdin: child.stdin, stdout: child.stdout, end }
}
