import { randomUUID } from 'node:crypto'
import { type GitOptions, type Place, spawnShell } from './command.ts'
import { toGitProcess } from './git-process.ts'
import { type Frame, type Resident, startResident } from './resident.ts'

/** One git command that is run again and again, with two more words each time. */
export interface Repeated {
  /** What git wrote and its exit code; its words on stderr are lost. */
  run(one: string, two: string): Promise<{ readonly stdout: Buffer; readonly code: number }>
  close(): Promise<void>
}

/** What a word may be: the shell reads words from a line. */
const plainWord = /^[0-9a-f]+$/

/**
 * Runs a git command many times from one small shell. Starting a process from one as large as a worker copies its page
 * tables, and takes longer than what git does. Invariant: the script holds nothing of ours that varies; the command's
 * words are positional parameters, and those of a run are hexadecimal.
 */
export function startRepeated(place: Place, argv: readonly string[], options: GitOptions = {}): Repeated {
  const mark = `undrift-${randomUUID()}`
  const script = [
    'while read -r one two; do',
    '  git "$@" "$one" "$two" </dev/null 2>/dev/null',
    '  printf \'\\n%s %s\\n\' "$0" "$?"',
    'done',
  ].join('\n')
  const frame: Frame = (bytes, from) => {
    const at = bytes.indexOf(`\n${mark} `, Math.max(0, from - mark.length - 2), 'latin1')
    const end = at === -1 ? -1 : bytes.indexOf(0x0a, at + 1)
    return end === -1 ? bytes.length + 1 : end + 1
  }
  let resident: Resident | null = null
  const start = (): Resident => {
    resident ??= startResident(place, argv, frame, {
      ...options,
      start: () => toGitProcess(spawnShell(place, { script, words: [mark, ...argv] }, options)),
    })
    return resident
  }
  return {
    run: async (one, two) => {
      if (!plainWord.test(one) || !plainWord.test(two)) throw new Error('Such a word cannot be repeated.')
      const answer = await start().ask(`${one} ${two}\n`)
      const at = answer.lastIndexOf(`\n${mark} `, undefined, 'latin1')
      const code = Number(answer.toString('latin1', at + mark.length + 2, answer.length - 1))
      return { stdout: answer.subarray(0, at), code }
    },
    close: async () => resident?.close(),
  }
}
