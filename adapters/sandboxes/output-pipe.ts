import { execFile } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A pipe of the kernel's own kind. */
export interface OutputPipe {
  /** The end to give to the child as stdout and stderr, so that both keep their order. */
  readonly writer: number
  readonly reader: Socket
  /** To be called once the child has its copy, or else the reader never ends. */
  closeWriter(): void
}

/** Opens a real pipe: Node's are sockets, which a script cannot open again as /dev/stdout or /dev/stderr. */
export async function openOutputPipe(): Promise<OutputPipe> {
  const folder = mkdtempSync(join(tmpdir(), 'undrift-pipe-'))
  const path = join(folder, 'output')
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', path])
    // Without O_NONBLOCK this would wait for a writer; once a reader is there, opening to write does not wait.
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(path, constants.O_WRONLY)
    return {
      writer,
      reader: new Socket({ fd: reader, readable: true, writable: false }),
      closeWriter: () => closeSync(writer),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
