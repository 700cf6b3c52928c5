import { type Logger, pino } from 'pino'

/** The log of a process that listens, on stderr: plain lines, or JSON with UNDRIFT_LOG=json; UNDRIFT_LOG_LEVEL sets how much. */
export function createLog(
  name: string,
  { env, write }: { readonly env: NodeJS.ProcessEnv; readonly write: (text: string) => void },
): Logger {
  const level = pino.levels.values[env.UNDRIFT_LOG_LEVEL ?? ''] ? env.UNDRIFT_LOG_LEVEL : 'info'
  const isJson = env.UNDRIFT_LOG === 'json'
  return pino(
    { name, base: { name }, level: level ?? 'info' },
    { write: (line) => write(isJson ? line : plainLine(line)) },
  )
}

/** What an error says, for a field of the log. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function plainLine(line: string): string {
  const { level, time, name, msg, ...fields } = JSON.parse(line) as Record<string, unknown>
  const clock = new Date(Number(time)).toISOString().slice(11, 19)
  const shown = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
  return `${clock} ${pino.levels.labels[Number(level)] ?? 'info'} ${name}: ${msg}${shown.join('')}\n`
}
