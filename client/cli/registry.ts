import type { CommandSpec } from './command.ts'
import { statusShape } from './shapes.ts'

/**
 * Every command, in the order of `--help`. Nothing here loads a command: `--help` must answer at once, so what a
 * command needs is imported by its own file only.
 */
export const registry: readonly CommandSpec[] = [
  {
    name: 'status',
    args: '',
    group: 'Look',
    summary: 'show what is watched, and every attempt with where it stands',
    options: [{ flags: '--all', description: 'also the attempts that ended long ago' }],
    details: `--json:\n${statusShape}`,
    load: async () => (await import('./commands/status.ts')).status,
  },
]
