import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pipeSize, runIntoPipe } from '../client/cli/pipe-testing.ts'
import { runHere } from '../client/cli/testing.ts'
import { startTestServer, type TestServer } from '../workers/testing.ts'

let folder = ''
let server: TestServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-whole-'))
  const name = (index: number) => `many-of-them-fill-a-pipe-${index}`
  const upstreams = Array.from(
    { length: 260 },
    (_, index) => `  ${name(index)}: { git: /srv/${name(index)}.git, feed: https://example.org/up.atom }\n`,
  )
  await writeFile(join(folder, 'undrift.yaml'), `upstreams:\n${upstreams.join('')}forks: {}\n`)
  server = await startTestServer()
  const applied = await runHere(['apply'], { cwd: folder, env: { TEMPORAL_ADDRESS: server.address } })
  expect(applied.code).toBe(0)
}, 900_000)

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

it.each(['status', 'export'])(
  'arrives whole in a pipe, also of what asks the server: %s',
  async (command) => {
    const env = { TEMPORAL_ADDRESS: server.address }
    const piped = await runIntoPipe([command, '--json'], { cwd: folder, env })
    expect([piped.code, piped.err]).toEqual([0, ''])
    expect(piped.got.length).toBeGreaterThan(pipeSize)
    const lines = piped.got.toString().trimEnd().split('\n')
    const names = lines.map((line) => JSON.parse(line) as object)
    expect(JSON.stringify(names).match(/fill-a-pipe-\d+"/g)?.length).toBeGreaterThanOrEqual(260)
  },
  120_000,
)
