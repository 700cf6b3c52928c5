import { type DataFolder, dataFolder } from '../../config/data-folder.ts'
import { withoutEmpty } from '../../config/without-empty.ts'
import { makeStyle, type Style } from './style.ts'

/** What a process lends to the CLI; tests lend their own. */
export interface Host {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Aborted by Ctrl-C and SIGTERM; the reason is the exit code. */
  readonly signal: AbortSignal
  readonly stdoutIsTty: boolean
  readonly stderrIsTty: boolean
  readonly stdinIsTty: boolean
  readonly columns: number
  readonly now: () => Date
  readonly writeOut: (text: string) => void
  readonly writeError: (text: string) => void
}

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config?: string
  readonly data?: string
  readonly json?: boolean
  readonly color?: boolean
  readonly quiet?: boolean
}

/** Everything a command knows of its surroundings. */
export interface Context {
  readonly host: Host
  readonly cwd: string
  /** Without the variables that are empty: they count as unset. */
  readonly env: NodeJS.ProcessEnv
  readonly data: DataFolder
  /** `--config`; when it is missing the file is looked for here and in the parent folders. */
  readonly configPath: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly signal: AbortSignal
  readonly now: () => Date
  /** Whether stdout has colours. */
  readonly color: boolean
  /** Colours of stdout. */
  readonly style: Style
  /** Colours of stderr. */
  readonly talkStyle: Style
  /** Says a line to the person on stderr; silent with `--quiet`. */
  readonly say: (line: string) => void
  /** Writes data to stdout before the command has ended. */
  readonly print: (line: string) => void
}

/** Puts the surroundings together from the process and the options. */
export function makeContext(host: Host, options: GlobalOptions): Context {
  const env = withoutEmpty(host.env)
  const quiet = options.quiet === true
  const color = hasColor(host.stdoutIsTty, { env, options })
  return {
    host,
    cwd: host.cwd,
    env,
    data: dataFolder(options.data, env),
    configPath: options.config,
    json: options.json === true,
    quiet,
    signal: host.signal,
    now: host.now,
    color,
    style: makeStyle(color),
    talkStyle: makeStyle(hasColor(host.stderrIsTty, { env, options })),
    say: (line) => {
      if (!quiet) host.writeError(`${line}\n`)
    },
    print: (line) => host.writeOut(`${line}\n`),
  }
}

/** Whether a stream gets colours. Source: no-color.org and Node's FORCE_COLOR. */
function hasColor(isTty: boolean, from: { env: NodeJS.ProcessEnv; options: GlobalOptions }): boolean {
  const { env, options } = from
  if (options.color === false || options.json === true || env.NO_COLOR) return false
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true
  return isTty && env.TERM !== 'dumb'
}
