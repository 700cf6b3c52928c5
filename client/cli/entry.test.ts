import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url))
const run = promisify(execFile)

const listLoaded = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context) } })
`)}`

/** A Node that says it is older than it is, before the entry file is loaded. */
const old = `data:text/javascript,${encodeURIComponent(`
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '22.18.0' } })
`)}`

it('loads neither Temporal nor any command for --help', async () => {
  const { stdout, stderr } = await run(process.execPath, ['--import', listLoaded, entry, '--help'])
  expect(stdout).toContain('Usage: undrift')
  expect(stderr).toContain('/registry.ts')
  expect(stderr).not.toMatch(/@temporalio|\/commands\/|\/zod\/|clack/)
})

it.each([
  ['plan', '--repo', '.', '--head', 'no-such', '--onto', 'no-such'],
  ['releases', '--tags', '/dev/null'],
  ['releases', '--git', '/no-such'],
])(
  'loads neither Temporal nor the schemas for %s %s, which needs no server and no config',
  async (...argv) => {
    const command = [process.execPath, ['--import', listLoaded, entry, ...argv]] as const
    const ran = await run(...command).catch((error: unknown) => error)
    const loaded = String((ran as { readonly stderr: unknown }).stderr)
    expect(loaded).toContain(`/commands/${argv[0]}.ts`)
    expect(loaded).not.toMatch(/@temporalio|protobufjs|\/zod\/|\/yaml\/|clack|pino|undici/)
  },
)

it('says in one line that Node is too old, and ends with 2', async () => {
  const failed = await run(process.execPath, ['--import', old, entry, 'status']).catch(
    (error: unknown) => error,
  )
  expect(failed).toMatchObject({ code: 2, stdout: '' })
  expect(failed).toHaveProperty('stderr', 'error: Undrift needs Node.js 22.19 or newer; this is 22.18.0.\n')
})

it('is quiet when whoever reads it goes away', async () => {
  const child = spawn(process.execPath, [entry, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const [code] = await once(child, 'close')
  expect(said.join('')).toBe('')
  expect(code).toBe(0)
})

it('passes the exit code of the command on', async () => {
  const env = { PATH: process.env.PATH, HOME: tmpdir(), UNDRIFT_DATA: '/nonexistent' }
  const failed = await run(process.execPath, [entry, 'status', '--json'], { env }).catch(
    (error: unknown) => error,
  )
  expect(failed).toMatchObject({ code: 4, stderr: '' })
})
