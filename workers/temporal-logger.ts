import { DefaultLogger, type LogEntry, type Logger as TemporalLogger } from '@temporalio/worker'
import type { Logger } from 'pino'

/** What the SDK warns of where a role has activities only. */
const asIntended = 'No workflows registered'

/** Passes what the Temporal SDK has to say on to the log, from warnings upwards. */
export function temporalLogger(log: Logger): TemporalLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }: LogEntry) => {
    if (message.startsWith(asIntended)) return
    // A task token lets whoever holds it answer for the worker, and is of no use to a reader.
    const { taskToken: _token, ...fields } = meta ?? {}
    log[level === 'ERROR' ? 'error' : 'warn'](fields, message)
  })
}
