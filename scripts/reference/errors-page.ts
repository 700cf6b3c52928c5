import { errorTable } from '../../domain/errors.ts'
import { code, generatedNote, markdownTable } from './markdown.ts'

/** Every error that Undrift raises, with what to do next. */
export function errorsPage(): string {
  const rows = Object.entries(errorTable).map(([name, row]) => [
    code(name),
    row.sentence,
    row.hint,
    row.retryable ? 'yes' : 'no',
    String(row.exitCode),
  ])
  return `${generatedNote}

# Errors

What a command could not do. With \`--json\` an error is one object on stdout:
\`{ "version": 1, "error": { "code", "message", "hint" } }\`. What is expected to happen – a conflict, red checks, a
branch that moved – is no error: it is an outcome or a question of the attempt.

"Again" says whether the same call may succeed later without anybody changing anything.

${markdownTable(['code', 'meaning', 'what to do', 'again', 'exit code'], rows)}
`
}
