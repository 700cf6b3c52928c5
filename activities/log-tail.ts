import { open } from 'node:fs/promises'

const tailBytes = 2048

/** The last whole lines of a log, at most 2 KB, without control characters. */
export async function logTail(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - tailBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, start)
    const text = buffer.subarray(0, bytesRead).toString('utf8')
    const whole = start === 0 ? text : text.slice(text.indexOf('\n') + 1)
    // Colours and cursor moves of a test runner would garble every place that shows the tail.
    return whole
      .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      .replace(/[^\P{Cc}\n\t]/gu, '')
      .trimEnd()
  } finally {
    await file.close()
  }
}
