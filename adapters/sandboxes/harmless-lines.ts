/** A line that is longer than this is passed on in pieces. */
const longestLine = 64 * 1024
/** Longer than anything that is looked for. */
const heldBack = 64

/**
 * A filter for what a command writes, byte by byte as it is but for what would be a command, or invisible, to whoever prints
 * the log. A line that has not ended is held back until it has.
 */
export interface HarmlessLines {
  take(chunk: Buffer): Buffer
  /** What was held back. */
  end(): Buffer
}

// In Latin-1 each byte is one character. What stands before `::` in a line is blank, or no ASCII, which may be blank, too.
const commandAtStart =
  /(^|[\r\n])([\x00-\x09\x0b\x0c\x0e-\x20\x7f-\xff]*(?:\x1b\[[0-?]*[ -/]*[@-~][\x00-\x09\x0b\x0c\x0e-\x20\x7f-\xff]*)*)(?=::)/g
const commandAnywhere = /##(?=\[|\w+\[)/g
/** U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F and U+FEFF in UTF-8. */
const invisible = /\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf/g

/** Begins at the beginning of a line. */
export function harmlessLines(): HarmlessLines {
  let held = ''
  let isStart = true

  function pass(text: string): Buffer {
    if (text === '') return Buffer.alloc(0)
    const shown = text.replace(invisible, named).replace(commandAnywhere, '# #')
    const prefixed = shown.replace(commandAtStart, (whole, end: string, blank: string, at: number) =>
      at === 0 && end === '' && !isStart ? whole : `${end}${blank}| `,
    )
    isStart = /[\r\n]$/.test(text)
    return Buffer.from(prefixed, 'latin1')
  }

  return {
    take(chunk) {
      held += chunk.toString('latin1')
      const ended = Math.max(held.lastIndexOf('\n'), held.lastIndexOf('\r')) + 1
      const upTo = held.length - ended > longestLine ? held.length - heldBack : ended
      const text = held.slice(0, upTo)
      held = held.slice(upTo)
      return pass(text)
    },
    end() {
      const text = held
      held = ''
      return pass(text)
    },
  }
}

function named(bytes: string): string {
  const code = Buffer.from(bytes, 'latin1').toString('utf8').codePointAt(0) ?? 0
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
