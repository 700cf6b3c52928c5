import type { CommandSpec } from './command.ts'
import { decideCommands } from './registry/decide-commands.ts'
import { lookCommands } from './registry/look-commands.ts'
import { runCommands } from './registry/run-commands.ts'

/**
 * Every command, in the order of `--help`. Nothing here loads a command: `--help` must answer at once, so what a
 * command needs is imported by its own file only.
 */
export const registry: readonly CommandSpec[] = [...runCommands, ...lookCommands, ...decideCommands]
