import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Ran, runHere } from '../client/cli/testing.ts'
import { startTestServer, type TestServer } from '../workers/testing.ts'
import { statusShape } from './stage/shapes.ts'

const config = `
upstreams:
  up: { git: /srv/up.git, feed: https://example.org/up.atom }
forks:
  mine: { upstream: up, remotes: { origin: /srv/mine.git }, branch: main, verify: [] }
`
const id = 'maintain/mine/main/v1.0.0'

let folder = ''
let server: TestServer

function cli(...argv: readonly string[]): Promise<Ran> {
  return runHere(argv, { cwd: folder, env: { TEMPORAL_ADDRESS: server.address } })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-cli-alone-'))
  await writeFile(join(folder, 'undrift.yaml'), config)
  server = await startTestServer()
}, 900_000)

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

it('starts what a worker will take up later, and lists it', async () => {
  expect((await cli('apply')).code).toBe(0)
  expect(await cli('run', 'mine', 'v1.0.0', '--detach')).toMatchObject({ code: 0, out: `started: ${id}\n` })
  const { upstreams, attempts } = statusShape.parse(JSON.parse((await cli('status', '--json')).out))
  expect(upstreams).toMatchObject([{ name: 'up', phase: 'polling', lastRelease: null }])
  expect(attempts).toMatchObject([{ id, phase: 'fetching', outcome: null, needs: null }])
  expect((await cli('inbox')).out).toBe('Nothing waits for you.\n')
})

it.each([[['show', id]], [['skip', id]]])('%j ends with 4, because no worker answers', async (argv) => {
  const ran = await cli(...argv, '--json')
  expect(ran.code).toBe(4)
  const { error } = JSON.parse(ran.out)
  expect(error.code).toBe('UNDRIFT_E_WORKER')
  expect(error.hint).toContain('undrift worker')
})

it('exports what the server knows, and says that it is not all', async () => {
  const lines = (await cli('export')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toMatchObject([
    { version: 1, kind: 'watch', name: 'up' },
    { version: 1, kind: 'attempt', complete: false, id },
  ])
})

it('names the namespace that the server does not have', async () => {
  const env = { TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'nowhere' }
  const ran = await runHere(['status'], { cwd: folder, env })
  expect(ran.code).toBe(4)
  expect(ran.err).toContain('no namespace `nowhere`')
})
