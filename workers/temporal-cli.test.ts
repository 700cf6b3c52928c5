import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cachePath, findTemporalCli } from './temporal-cli.ts'
import { temporalCliVersion } from './temporal-cli-search.ts'

const answering = '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"\n'

let folder: string
let env: NodeJS.ProcessEnv
let said: string[]
let servers: Server[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'undrift-cli-'))
  mkdirSync(join(folder, 'bin'))
  // A PATH with a shell and its tools, and without any Temporal or Go that this machine may have.
  env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') }
  said = []
  servers = []
})
afterEach(() => {
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

function program(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

async function listen(server: Server): Promise<string> {
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return `http://127.0.0.1:${port}`
}

/** A service that is there and has nothing to give. */
function emptyService(): Promise<string> {
  return listen(
    createServer((_, response) => {
      response.statusCode = 404
      response.end()
    }),
  )
}

/** A service like Temporal's own, whose archive holds this program. */
async function service(text: string): Promise<{ readonly url: string; readonly asked: string[] }> {
  const inside = join(folder, 'inside')
  program(join(inside, 'temporal'), text)
  const archive = execFileSync('tar', ['-czf', '-', '-C', inside, 'temporal'])
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (request.url === '/archive.tar.gz') return response.end(archive)
    response.end(JSON.stringify({ archiveUrl: `${url}/archive.tar.gz`, fileToExtract: 'temporal' }))
  })
  const url = await listen(server)
  return { url, asked }
}

/** A `go` that says it is this version and builds a program that answers, after a moment. */
function fakeGo(version: string): void {
  const built = program(join(folder, 'built'), answering)
  program(
    join(folder, 'bin', 'go'),
    `#!/bin/sh
     case "$1" in
     env) echo ${version} ;;
     install) echo "$@" >> ${join(folder, 'builds')}; sleep 0.5; cp ${built} "$GOBIN/temporal" ;;
     esac`,
  )
}

function find(downloadUrl: string): Promise<string> {
  return findTemporalCli({ env, say: (line) => said.push(line), downloadUrl })
}

describe('the Temporal CLI', () => {
  it('is the one that UNDRIFT_TEMPORAL_CLI names, before any other', async () => {
    program(join(folder, 'bin', 'temporal'), answering)
    env.UNDRIFT_TEMPORAL_CLI = program(join(folder, 'named'), answering)
    expect(await find(await emptyService())).toBe(join(folder, 'named'))
  })

  it('is not replaced by another when the named one does not answer', async () => {
    program(join(folder, 'bin', 'temporal'), answering)
    env.UNDRIFT_TEMPORAL_CLI = program(join(folder, 'named'), '#!/bin/sh\nexit 1\n')
    await expect(find(await emptyService())).rejects.toMatchObject({ code: 'UNDRIFT_E_TEMPORAL_CLI' })
  })

  it('is the one on the PATH, before the cache', async () => {
    const onPath = program(join(folder, 'bin', 'temporal'), answering)
    program(cachePath(env), answering)
    expect(await find(await emptyService())).toBe(onPath)
  })

  it('is the one in the cache, without any word or request', async () => {
    const cached = program(cachePath(env), answering)
    const { url, asked } = await service(answering)
    expect(await find(url)).toBe(cached)
    expect([...said, ...asked]).toEqual([])
  })

  it('is downloaded into the cache where the service can be reached', async () => {
    const { url, asked } = await service(answering)
    expect(await find(url)).toBe(cachePath(env))
    expect(asked[0]).toMatch(`/cli/v${temporalCliVersion}?`)
    expect(said.join()).toContain('Downloading')
    expect(readdirSync(dirname(cachePath(env)))).toEqual(['temporal'])
  })

  it('is built with Go where the download fails, with words while it takes', async () => {
    fakeGo('go1.26.0')
    expect(await find(await emptyService())).toBe(cachePath(env))
    expect(readFileSync(join(folder, 'builds'), 'utf8')).toContain(`cmd/temporal@v${temporalCliVersion}`)
    expect(said.join()).toContain('Building')
  })

  it('is built with Go when what was downloaded does not answer', async () => {
    fakeGo('go1.25.1')
    const { url } = await service('#!/bin/sh\nexit 3\n')
    expect(await find(url)).toBe(cachePath(env))
  })

  it('is provided once when several ask for it at the same time', async () => {
    fakeGo('go1.26.0')
    const url = await emptyService()
    const found = await Promise.all([find(url), find(url), find(url)])
    expect(new Set(found)).toEqual(new Set([cachePath(env)]))
    expect(readFileSync(join(folder, 'builds'), 'utf8').trim().split('\n')).toHaveLength(1)
  })

  it.each([
    ['without Go', undefined, 'Go is not on the PATH'],
    ['with an old Go', 'go1.22.3', 'Go 1.25 or newer'],
  ])('cannot be provided %s, and the error says every way that was tried', async (_, version, words) => {
    // Whatever Go this machine has in /usr/bin must not be seen.
    if (version === undefined) env.PATH = join(folder, 'bin')
    else fakeGo(version)
    const failure = find(await emptyService())
    await expect(failure).rejects.toMatchObject({ code: 'UNDRIFT_E_TEMPORAL_CLI', exitCode: 4 })
    await expect(failure).rejects.toThrow(/UNDRIFT_TEMPORAL_CLI.*PATH.*cache.*download.*HTTP 404/)
    await expect(failure).rejects.toThrow(words)
    expect(existsSync(cachePath(env))).toBe(false)
    expect(readdirSync(dirname(cachePath(env)))).toEqual([])
  })

  it('says so when the cache cannot be written', async () => {
    writeFileSync(join(folder, 'cache'), 'a file where a folder should be')
    await expect(find(await emptyService())).rejects.toMatchObject({
      code: 'UNDRIFT_E_TEMPORAL_CLI',
      message: expect.stringContaining('cache cannot be written'),
    })
  })

  it('fails fast where nothing listens', async () => {
    env.PATH = join(folder, 'bin')
    await expect(find('http://127.0.0.1:9')).rejects.toThrow(/download from .* failed/)
  })
})
