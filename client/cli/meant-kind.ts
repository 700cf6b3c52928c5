import { UndriftError } from '../../domain/errors.ts'
import type { CommandInput } from './command.ts'

/** What `--upstream` or `--fork` say of a name that both might have. */
export function meantKind({ options }: CommandInput): 'upstream' | 'fork' | null {
  if (options.upstream === true && options.fork === true) {
    throw new UndriftError('UNDRIFT_E_USAGE', '--upstream and --fork exclude each other.')
  }
  if (options.upstream === true) return 'upstream'
  return options.fork === true ? 'fork' : null
}
