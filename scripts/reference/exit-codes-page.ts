import { errorTable } from '../../domain/errors.ts'
import { exitCodes } from '../../domain/exit-codes.ts'
import { code, generatedNote, markdownTable } from './markdown.ts'

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'Done. For `run`: the attempt ended as completed, changed, skipped or superseded.',
  failed: 'The attempt failed.',
  usage: 'The command, the config or another input is wrong, or what was asked is not possible now.',
  needsPerson: 'The attempt waits for a person: a conflict, red checks, an approval.',
  unavailable: 'The Temporal server, a Git remote or a feed is out of reach; or the attempt is blocked.',
  authentication: 'Credentials are missing or were refused.',
  busy: 'Somebody else holds it: another `undrift up` on the same data folder, most often.',
  integrity: 'An integrity alarm: a tag moved, or is not signed as the config demands.',
  internal: 'A bug.',
  interrupted: 'Ended by Ctrl-C. What runs on the server goes on.',
  terminated: 'Ended by SIGTERM. What runs on the server goes on.',
}

/** What the process tells the shell, and which errors end so. */
export function exitCodesPage(): string {
  const rows = Object.entries(exitCodes).map(([name, number]) => [
    String(number),
    meanings[name as keyof typeof exitCodes],
    Object.entries(errorTable)
      .filter(([, row]) => row.exitCode === number)
      .map(([error]) => code(error))
      .join(', '),
  ])
  return `${generatedNote}

# Exit codes

${markdownTable(['code', 'meaning', 'errors'], rows)}
`
}
