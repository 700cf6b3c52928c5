import { open } from 'node:fs/promises'
import { harmlessText } from '../domain/outside-text.ts'

const tailBytes = 2048

/** The last whole lines of a log, at most 2 KB, harmless for whoever prints them. */
export async function logTail(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - tailBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, start)
    const text = buffer.subarray(0, bytesRead).toString('utf8')
    const whole = start === 0 ? text : text.slice(text.indexOf('\n') + 1)
    return harmlessText(whole).trimEnd()
  } finally {
    await file.close()
  }
}
