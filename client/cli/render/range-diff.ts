import type { Style } from '../style.ts'
import { harmless } from './table.ts'

/** A range-diff for a person: patches that changed stand out, and so do lines that are no longer what they were. */
export function renderRangeDiff(text: string, style: Style): string {
  if (text.trim() === '') return 'There is no patch to compare.'
  return text
    .trimEnd()
    .split('\n')
    .map((line) => colored(harmless(line), style))
    .join('\n')
}

function colored(line: string, style: Style): string {
  const patch = /^ *(?:-|\d+): +\S+ ([=!<>]) /.exec(line)
  if (patch) {
    if (patch[1] === '=') return style.dim(line)
    return patch[1] === '!' ? style.yellow(line) : style.bold(line)
  }
  // Four blanks, then what became of a line of the diff.
  if (line.startsWith('    -')) return style.red(line)
  return line.startsWith('    +') ? style.green(line) : line
}
