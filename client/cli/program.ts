import { Command, Option } from 'commander'
import { UndriftError } from '../../domain/errors.ts'
import type { CommandInput, CommandOption, CommandSpec } from './command.ts'
import type { GlobalOptions } from './context.ts'
import { version } from './version.ts'

export interface ProgramOptions {
  readonly writeOut: (text: string) => void
  readonly columns: number
  readonly onCommand: (spec: CommandSpec, input: CommandInput, globals: GlobalOptions) => void
}

/** The argument parser, built from the registry without loading any command. */
export function makeProgram(specs: readonly CommandSpec[], options: ProgramOptions): Command {
  const program = new Command('undrift')
    .description(
      'Keeps forks alive: notices upstream releases, moves your patch stack onto them, verifies the result and offers a candidate.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpCommand(
      new Command('help').argument('[command]').summary('show the help of a command').helpGroup('Look:'),
    )
    .option('--config <file>', 'the config (default: undrift.yaml, here or in a parent folder)')
    .option('--data <dir>', 'the data folder (default: $UNDRIFT_DATA, else the XDG data folder)')
    .option('--json', 'one JSON object on stdout, with a "version" field')
    .option('--no-color', 'no colours (or set NO_COLOR)')
    .option('-q, --quiet', 'say nothing on stderr but errors')
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: options.writeOut,
      // Errors are thrown and printed by one place, which knows about --json.
      writeErr: () => undefined,
      getOutHelpWidth: () => Math.min(options.columns, 110),
    })
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
  for (const option of program.options) refuseEmpty(option)
  for (const spec of specs) addCommand(program, spec, options)
  return program
}

function addCommand(program: Command, spec: CommandSpec, options: ProgramOptions): void {
  const command = program
    .command(spec.args === '' ? spec.name : `${spec.name} ${spec.args}`)
    .summary(spec.summary)
    .description(`${spec.summary[0]?.toUpperCase()}${spec.summary.slice(1)}.`)
    .helpGroup(`${spec.group}:`)
    .allowExcessArguments(false)
  for (const option of spec.options) command.addOption(toOption(option))
  if (spec.details !== undefined) command.addHelpText('after', `\n${spec.details}`)
  command.action(() => {
    const empty = command.args.findIndex((arg) => arg.trim() === '')
    if (empty !== -1) throw isEmpty(`The argument ${command.registeredArguments[empty]?.name() ?? empty + 1}`)
    const globals = program.opts<GlobalOptions>()
    options.onCommand(spec, { args: command.args, options: command.opts() }, globals)
  })
}

function toOption(spec: CommandOption): Option {
  const option = new Option(spec.flags, spec.description)
  if (spec.repeatable) {
    option.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value])
  }
  return spec.mayBeEmpty ? option : refuseEmpty(option)
}

/** An empty value is a variable of a script that was never set; it must not count as a choice. */
function refuseEmpty(option: Option): Option {
  if (!option.required) return option
  const parse = option.parseArg
  return option.argParser((value: string, previous: unknown) => {
    if (value.trim() === '') throw isEmpty(option.long ?? option.flags)
    return parse === undefined ? value : parse(value, previous)
  })
}

function isEmpty(what: string): UndriftError {
  return new UndriftError('UNDRIFT_E_USAGE', `${what} is empty.`, {
    hint: 'Give it a value, or leave it out.',
  })
}
