import { destination, type Logger, pino } from 'pino'
import { harmlessText } from '../domain/outside-text.ts'

/** The process's log on stderr: plain lines, or JSON with UNDRIFT_LOG=json; UNDRIFT_LOG_LEVEL sets how much. */
export function createLogger(env: NodeJS.ProcessEnv, name: string): Logger {
  const level = pino.levels.values[env.UNDRIFT_LOG_LEVEL ?? ''] ? env.UNDRIFT_LOG_LEVEL : 'info'
  // The SDK gives its failures as `error`, which is written as nothing unless it is read as one.
  const serializers = { err: pino.stdSerializers.err, error: pino.stdSerializers.err }
  const options = { name, base: { name }, level: level ?? 'info', serializers }
  if (env.UNDRIFT_LOG === 'json') return pino(options, destination({ dest: 2, sync: true }))
  return pino(options, { write: (line) => void process.stderr.write(plainLine(line)) })
}

/** What the SDK says of itself with each line, and no operator asks for. */
const dull = new Set(['sdkComponent', 'taskQueue', 'isLocal', 'namespace', 'workflowRunId', 'target'])

/** `12:34:56 warn git: message key=value (cause)`, without the SDK's long lists. */
function plainLine(line: string): string {
  const { level, time, name, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const clock = new Date(Number(time)).toISOString().slice(11, 19)
  const label = pino.levels.labels[Number(level)] ?? 'info'
  const shown = Object.entries(fields)
    .filter(([key, value]) => !dull.has(key) && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
  return `${harmlessText(`${clock} ${label} ${name}: ${msg}${shown.join('')}${cause(err ?? fields.error)}`)}\n`
}

function cause(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return ''
  return ` (${String(error.message)})`
}
