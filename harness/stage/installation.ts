import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { demand, demandSame, Unmet } from './expect.ts'
import { freePorts } from './free-port.ts'
import { familyOf, killNow, listProcesses, type Process, waitForEnd } from './processes.ts'
import { type Ended, runProcess } from './run-process.ts'
import { type Status, statusShape } from './shapes.ts'
import { startUp, type Up } from './up.ts'

export interface InstallationOptions {
  /** A folder of its own, with `undrift.yaml` in it. */
  readonly folder: string
  /** The value behind the secret names of the config. */
  readonly canary: string
  /** File with the certificate of the world's hosts. */
  readonly trusted: string
  /** Takes what `up` says until it is ready. */
  readonly say: (text: string) => void
}

/** Undrift as an operator has it: a config, a data folder, the built CLI, and `up` while it runs. */
export interface Installation {
  readonly folder: string
  readonly config: string
  readonly data: string
  /** The embedded server's address and Web UI; the same for every `up` of this installation. */
  readonly address: string
  readonly uiUrl: string
  readonly env: NodeJS.ProcessEnv
  /** Starts `up` and waits until the CLI says that every upstream is watched. */
  up(): Promise<void>
  /** Waits until the server that `up` keeps answers the CLI. */
  untilAnswers(): Promise<void>
  /** Ends `up` as Ctrl-C does; demands that it goes cleanly and leaves no process behind. */
  down(): Promise<void>
  /** Ends whatever still runs, whatever state it is in: asked first, killed soon after. */
  clear(): Promise<void>
  /** SIGKILL to `up` and everything that descends from it, at once. */
  killEverything(): Promise<void>
  /** `up` and everything that descends from it, right now. */
  processes(): Promise<readonly Process[]>
  /** Runs one command of the CLI to its end. */
  cli(...args: readonly string[]): Promise<Ended>
  /** Starts a command of the CLI that stays until it is interrupted; `clear` ends it at the latest. */
  stay(...args: readonly string[]): Up
  /** Runs a command with `--json`, demands exit code 0 and answers the object. */
  json(...args: readonly string[]): Promise<unknown>
  /** `status` as it is now or a moment later; many may ask at once. */
  status(): Promise<Status>
  /** Everything that the CLI and `up` said so far. */
  transcript(): string
}

/** The CLI as it is built and packed: what a user runs, never the sources. */
export const cliEntry = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/client/cli/entry.js' : '../../client/cli/entry.js',
    import.meta.url,
  ),
)

const readyWithin = 15 * 60_000
const answersWithin = 60_000
/** Milliseconds; each look starts a process, which the scenarios could use the time of. */
const betweenLooks = 1000

/** An installation in this folder; nothing is started yet. */
export async function makeInstallation(options: InstallationOptions): Promise<Installation> {
  const { folder } = options
  const config = join(folder, 'undrift.yaml')
  const data = join(folder, 'data')
  const [port = 0, uiPort = 0] = await freePorts(2)
  const env = operatorEnvironment(options)
  const said: string[] = []
  const staying: Up[] = []
  let up: Up | null = null
  let asked: Promise<Status> | null = null
  let say = options.say

  async function cli(...args: readonly string[]): Promise<Ended> {
    const command = [cliEntry, '--config', config, '--data', data, ...args]
    const ended = await runProcess(process.execPath, command, { cwd: folder, env })
    said.push(ended.stdout, ended.stderr)
    return ended
  }

  function stay(...args: readonly string[]): Up {
    const command = [cliEntry, '--config', config, '--data', data, ...args]
    const started = startUp(command, { cwd: folder, env, say: () => {} })
    staying.push(started)
    return started
  }

  async function json(...args: readonly string[]): Promise<unknown> {
    const ended = await cli(...args, '--json')
    demand(`\`undrift ${args.join(' ')} --json\` ends with 0`, ended.code === 0, ended)
    return JSON.parse(ended.stdout)
  }

  async function askStatus(): Promise<Status> {
    await pause(betweenLooks)
    asked = null
    return statusShape.parse(await json('status'))
  }

  async function isWatching(): Promise<boolean> {
    if (!existsSync(join(data, 'temporal', 'server.json'))) return false
    const ended = await cli('status', '--json')
    if (ended.code !== 0) return false
    const { upstreams } = statusShape.parse(JSON.parse(ended.stdout))
    return upstreams.length > 0 && upstreams.every(({ lastRelease }) => lastRelease !== null)
  }

  async function family(): Promise<readonly Process[]> {
    return up === null ? [] : familyOf(up.pid, await listProcesses())
  }

  return {
    folder,
    config,
    data,
    address: `127.0.0.1:${port}`,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    env,
    cli,
    stay,
    json,
    processes: family,
    status() {
      asked ??= askStatus()
      return asked
    },
    transcript: () => [...said, ...staying.map((one) => one.said()), up?.said() ?? ''].join('\n'),
    async up() {
      if (up !== null) said.push(up.said())
      const args = [
        cliEntry,
        '--config',
        config,
        '--data',
        data,
        'up',
        '--port',
        `${port}`,
        '--ui-port',
        `${uiPort}`,
      ]
      const started = startUp(args, { cwd: folder, env, say: (text) => say(text) })
      up = started
      const deadline = Date.now() + readyWithin
      while (!(await isWatching())) {
        if (started.code() !== undefined) throw new Unmet('`undrift up` keeps running', started.said())
        if (Date.now() > deadline) throw new Unmet('`undrift up` is ready in time', started.said())
        await pause(betweenLooks)
      }
      // Building the Temporal CLI may take minutes and is worth watching; what comes later is not.
      say = () => {}
    },
    async untilAnswers() {
      const deadline = Date.now() + answersWithin
      for (let ended = await cli('status'); ended.code !== 0; ended = await cli('status')) {
        demandSame('a command that finds no server ends with 4', ended.code, 4)
        demand('the server answers again in time', Date.now() < deadline, ended)
      }
    },
    async down() {
      if (up === null || up.code() !== undefined) return
      const before = await family()
      const code = await up.interrupt()
      const left = await waitForEnd(before, 10_000)
      await killNow(left)
      demand('Ctrl-C on `undrift up` leaves no process behind', left.length === 0, left)
      demand('`undrift up` ends with 0 or 130 on Ctrl-C', code === 0 || code === 130, {
        code,
        said: up.said(),
      })
    },
    async clear() {
      const before = await family()
      const left = [...staying, ...(up === null ? [] : [up])].filter((one) => one.code() === undefined)
      await Promise.all(left.map((one) => one.interrupt(5_000)))
      await killNow(before)
    },
    async killEverything() {
      const before = await family()
      await killNow(before)
      await waitForEnd(before, 10_000)
    },
  }
}

/** The operator's environment: this one's, without settings that would lead elsewhere, and with the secrets. */
function operatorEnvironment({ folder, canary, trusted }: InstallationOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(TEMPORAL|UNDRIFT|GIT)_/.test(name) || name === 'UNDRIFT_TEMPORAL_CLI',
  )
  return {
    ...Object.fromEntries(kept),
    XDG_CONFIG_HOME: join(folder, 'no-config'),
    NO_COLOR: '1',
    UNDRIFT_USER: 'fay',
    GIT_SSL_CAINFO: trusted,
    NODE_EXTRA_CA_CERTS: trusted,
    HARNESS_TOKEN: canary,
    HARNESS_SECRET: canary,
  }
}
