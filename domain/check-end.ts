import type { Check } from './attempt.ts'

/** What the limits are called in the config. */
const limits: Readonly<Record<string, string>> = {
  'time-limit': 'took longer than `verify.timeout` allows and was ended',
  'idle-limit': 'said nothing for as long as `verify.idle` allows and was ended',
  'output-limit': 'said more than `verify.output` allows and was ended',
  'memory-limit': 'used more memory than `verify.memory` allows and was ended',
  'disk-limit': 'wrote more than `verify.disk` allows and was ended',
  'process-limit': 'started more processes than `verify.processes` allows and was ended',
}

/** How a red command ended, to follow its name in a sentence. */
export function checkEnd({ ended, exitCode }: Pick<Check, 'ended' | 'exitCode'>): string {
  if (ended === null) return `ended with ${exitCode}`
  return limits[ended] ?? `was ended by ${ended.replace(/^signal /, 'the signal ')}`
}
