const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Lines about refs as text. Git's names are bytes, and one that is no UTF-8 stays a name of its own: each byte that is no
 * ASCII becomes `\xff`, which no other name can be, because Git takes no backslash. So it is no ref name either, and
 * nobody asks git for it.
 */
export function decodeRefLines(bytes: Buffer): readonly string[] {
  const whole = decode(bytes)
  if (whole !== null) return whole.split('\n')
  return bytes
    .toString('latin1')
    .split('\n')
    .map((line) => decode(Buffer.from(line, 'latin1')) ?? escaped(line))
}

function decode(bytes: Buffer): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

function escaped(line: string): string {
  return line.replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}
