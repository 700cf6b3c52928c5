import type { ExitCode } from '../../domain/exit-codes.ts'
import type { Context } from './context.ts'

type OptionValue = string | boolean | readonly string[] | undefined

/** What was typed behind the command's name. */
export interface CommandInput {
  readonly args: readonly string[]
  /** By the option's camel-cased long name. */
  readonly options: Readonly<Record<string, OptionValue>>
}

/** What a command prints, and how it ends. */
export interface CommandResult {
  readonly exitCode: ExitCode
  /** For a person, without a final newline; empty for nothing. */
  readonly text: string
  /** For `--json`: the one object that goes to stdout; null where `text` is printed all the same. */
  readonly json: object | null
}

/** A command: takes its surroundings and what was typed, returns what it prints. It never exits the process. */
export type Command = (context: Context, input: CommandInput) => Promise<CommandResult>

export interface CommandOption {
  /** As commander takes them: `--port <number>`. */
  readonly flags: string
  readonly description: string
  /** May be given more than once; the value is a list. */
  readonly repeatable?: boolean
  /** An empty value says something; of all other options it is refused. */
  readonly mayBeEmpty?: boolean
}

/** One row of the registry: all that `--help` needs, and how to load the rest. */
export interface CommandSpec {
  readonly name: string
  /** As commander takes them: `<fork> [tag]`. */
  readonly args: string
  readonly group: 'Run' | 'Look' | 'Decide' | 'Check'
  readonly summary: string
  readonly options: readonly CommandOption[]
  /** Shown under the options: the shape of `--json`, exit codes, examples. */
  readonly details?: string
  /** How long it may tidy up after Ctrl-C; commands that are left out are left where they are. */
  readonly graceSeconds?: number
  readonly load: () => Promise<Command>
}
