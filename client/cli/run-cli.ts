import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommanderError } from 'commander'
import { nearest } from '../../config/nearest.ts'
import { UndriftError } from '../../domain/errors.ts'
import { harmlessJson } from '../../domain/outside-text.ts'
import { dataOption } from '../data-option.ts'
import type { CommandInput, CommandSpec } from './command.ts'
import { type GlobalOptions, type Host, makeContext } from './context.ts'
import { failureJson, failureText, toFailure } from './failure.ts'
import { makeProgram } from './program.ts'
import { registry } from './registry.ts'

/** Understands the arguments, runs the command, prints what it returns; resolves to the exit code. */
export async function runCli(argv: readonly string[], host: Host): Promise<number> {
  const globals: GlobalOptions = { json: asksForJson(argv), color: !argv.includes('--no-color') }
  let chosen: Chosen | null = null
  try {
    chosen = parse(argv, host)
    if (chosen === null) return 0
    return await runCommand(chosen, host)
  } catch (error) {
    if (host.signal.aborted) return Number(host.signal.reason)
    const context = makeContext(host, chosen?.globals ?? globals)
    const failure = toFailure(error, dataOption(context))
    if (context.json) context.print(harmlessJson(JSON.stringify(failureJson(failure))))
    else host.writeError(`${failureText(failure, context.talkStyle)}\n`)
    if (context.env.UNDRIFT_DEBUG && error instanceof Error) host.writeError(`${error.stack}\n`)
    return failure.exitCode
  }
}

interface Chosen {
  readonly spec: CommandSpec
  readonly input: CommandInput
  readonly globals: GlobalOptions
}

/** The command that was asked for; null when commander has answered by itself (help, version). */
function parse(argv: readonly string[], host: Host): Chosen | null {
  let chosen: Chosen | null = null
  const program = makeProgram(registry, {
    writeOut: host.writeOut,
    columns: host.columns,
    onCommand: (spec, input, globals) => {
      chosen = { spec, input, globals }
    },
  })
  if (argv.length === 0) {
    host.writeOut(program.helpInformation())
    return null
  }
  try {
    program.parse([...argv], { from: 'user' })
  } catch (error) {
    const { code, exitCode, message } = error as CommanderError
    if (typeof code !== 'string' || !code.startsWith('commander.')) throw error
    if (exitCode === 0) return null
    throw code === 'commander.help' ? unknownHelp(argv) : usageError(message, argv)
  }
  return chosen
}

async function runCommand(chosen: Chosen, host: Host): Promise<number> {
  const context = makeContext(host, chosen.globals)
  const command = await chosen.spec.load()
  const result = await Promise.race([
    command(context, chosen.input),
    aborted(host.signal, chosen.spec.graceSeconds ?? 0),
  ])
  if (context.json && result.json !== null) context.print(harmlessJson(JSON.stringify(result.json)))
  else if (result.text !== '') context.print(result.text)
  return result.exitCode
}

/** Rejects some time after the process was told to end. */
async function aborted(signal: AbortSignal, graceSeconds: number): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  if (!Number.isFinite(graceSeconds)) await new Promise(() => undefined)
  await sleep(graceSeconds * 1000)
  throw new Error('interrupted')
}

/** Before the arguments are understood, so that even their errors come in the form that was asked for. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

/** `help` for a command that there is not: commander has no words for it. */
function unknownHelp(argv: readonly string[]): UndriftError {
  const word = argv.filter((each) => !each.startsWith('-')).at(-1) ?? ''
  const near = nearest(
    word,
    registry.map(({ name }) => name),
  )
  return new UndriftError(
    'UNDRIFT_E_USAGE',
    `unknown command '${word}'`,
    near === null ? {} : { hint: `Did you mean ${near}?` },
  )
}

/** Commander's message as one of ours, with its suggestion as the hint. */
function usageError(message: string, argv: readonly string[]): UndriftError {
  const suggestion = /\(Did you mean (?:one of )?(.+)\?\)/.exec(message)?.[1]
  const sentence = message
    .replace(/^error: /, '')
    .replace(/\s*\(Did you mean .+\)/s, '')
    .trim()
  const command = argv.find((word) => registry.some(({ name }) => name === word))
  const help = `See \`undrift ${command === undefined ? '' : `${command} `}--help\`.`
  return new UndriftError('UNDRIFT_E_USAGE', sentence, {
    hint: suggestion === undefined ? help : `Did you mean ${suggestion}?`,
  })
}
