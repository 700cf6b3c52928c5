import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface UpOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  /** Takes what it says. */
  readonly say: (text: string) => void
}

/** A running `undrift up`. */
export interface Up {
  readonly pid: number
  /** Its exit code, null when a signal ended it; undefined while it runs. */
  code(): number | null | undefined
  /** Everything that it said. */
  said(): string
  /** Ctrl-C; resolves to the exit code. After the milliseconds, half a minute by default, it is killed: null. */
  interrupt(milliseconds?: number): Promise<number | null>
}

/** Starts the CLI with these arguments in a process group of its own, so that a Ctrl-C on the harness is not its. */
export function startUp(args: readonly string[], { cwd, env, say }: UpOptions): Up {
  const child = spawn(process.execPath, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const texts: string[] = []
  let code: number | null | undefined
  child.once('exit', (exitCode) => {
    code = exitCode
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      texts.push(text)
      say(text)
    })
  }
  return {
    pid: child.pid ?? 0,
    code: () => code,
    said: () => texts.join(''),
    async interrupt(milliseconds = 30_000) {
      const patience = setTimeout(() => child.kill('SIGKILL'), milliseconds)
      child.kill('SIGINT')
      await ended
      clearTimeout(patience)
      return code ?? null
    },
  }
}
