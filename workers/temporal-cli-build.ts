import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '../adapters/sandboxes/find-program.ts'
import { type CliSearch, temporalCliVersion } from './temporal-cli-search.ts'

const oldestGo = [1, 25] as const
const tellMs = 15_000
const keptWords = 600

/** Builds the program with Go, from the module proxy: minutes, where nothing else can be reached. */
export async function buildTemporalCli(to: string, search: CliSearch): Promise<void> {
  const go = findProgram('go', search.env.PATH)
  if (go === null) throw new Error('Go is not on the PATH.')
  await refuseOldGo(go, search.env)
  const started = Date.now()
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`
  search.say(`Building the Temporal CLI ${temporalCliVersion} with Go, once; this takes some minutes …`)
  const teller = setInterval(
    () => search.say(`… still building the Temporal CLI, ${elapsed()} so far`),
    tellMs,
  )
  try {
    await goInstall(go, to, search)
  } finally {
    clearInterval(teller)
  }
  search.say(`Built the Temporal CLI in ${elapsed()}.`)
}

async function refuseOldGo(go: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await promisify(execFile)(go, ['env', 'GOVERSION'], { env, cwd: '/', timeout: 30_000 })
  const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(stdout.trim()) ?? []
  const isNew = Number(major) > oldestGo[0] || (Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1])
  if (!isNew)
    throw new Error(`Go ${oldestGo.join('.')} or newer is needed to build it, and this is ${stdout.trim()}.`)
}

async function goInstall(go: string, to: string, { env, signal }: CliSearch): Promise<void> {
  const stamp = `-X github.com/temporalio/cli/temporalcli.Version=${temporalCliVersion}`
  const target = `github.com/temporalio/cli/cmd/temporal@v${temporalCliVersion}`
  const build = spawn(go, ['install', '-ldflags', stamp, target], {
    // Away from any module of the person's own, and into our folder only.
    cwd: dirname(to),
    env: { ...env, GOBIN: dirname(to), GOFLAGS: '', GOWORK: 'off', GO111MODULE: 'on' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal && { signal }),
  })
  let said = ''
  build.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-keptWords)
  })
  const [code] = (await once(build, 'close')) as [number | null]
  if (code !== 0) throw new Error(`\`go install ${target}\` failed: ${said.trim() || 'no words'}`)
}
