import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

let folder: TestFolder
let repo: string
beforeEach(() => {
  folder = makeFolder()
  repo = `${folder.path}/repo`
  makeRepo(repo).commit('start', { a: 'a\n' })
})
afterEach(() => folder.remove())

interface Parts {
  readonly feed?: string
  readonly allow?: string
  readonly branch?: string
  readonly token?: string
  readonly verify?: string
}

function validate(parts: Parts, env: NodeJS.ProcessEnv = {}) {
  const { feed = 'https://example.org/releases.atom', branch = 'main', verify = '[]' } = parts
  const more =
    parts.token === undefined ? '' : `, mirror: { url: "https://git.example/x.git", token: ${parts.token} }`
  writeFileSync(
    `${folder.path}/undrift.yaml`,
    `upstreams:
  demo: { git: ${repo}, feed: "${feed}", tags: { prefix: v } }
forks:
  mine: { upstream: demo, remotes: { origin: ${repo}${more} }, branch: ${branch}, verify: ${verify} }
${parts.allow === undefined ? '' : `network: { allow: ["${parts.allow}"] }\n`}`,
  )
  return runHere(['validate'], { cwd: folder.path, env: { PATH: process.env.PATH, ...env } })
}

describe('validate finds before the start, with the fix,', () => {
  it('a token that is not set', async () => {
    const { code, out } = await validate({ token: 'env:NO_SUCH_TOKEN' })
    expect(code).toBe(0)
    expect(out).toContain('forks.mine.remotes.mirror.token: NO_SUCH_TOKEN is not set in this environment')
    expect(out).toContain('export NO_SUCH_TOKEN=')
    expect((await validate({ token: 'env:NO_SUCH_TOKEN' }, { NO_SUCH_TOKEN: 'x' })).out).not.toContain(
      'warning',
    )
    expect((await validate({ token: 'env:NO_SUCH_TOKEN' }, { NO_SUCH_TOKEN: '' })).out).toContain('warning')
  })

  it.each([
    ['http://127.0.0.1:8080/f.atom', '127.0.0.1', '127.0.0.0/8'],
    ['http://localhost/f.atom', 'localhost', 'localhost'],
    ['https://192.168.1.7/f.atom', '192.168.1.7', '192.168.0.0/16'],
    ['https://[::1]/f.atom', '::1', '::1'],
  ])('a feed that network.allow closes: %s', async (feed, host, allow) => {
    const { code, out } = await validate({ feed })
    expect(code).toBe(0)
    expect(out).toContain(`upstreams.demo.feed: ${host === '::1' ? '[::1]' : host} is on a private network`)
    expect(out).toContain(`network: { allow: ["${host}"] }`)
    expect((await validate({ feed, allow })).out).not.toContain('warning')
  })

  it('a branch that does not exist', async () => {
    const { code, out } = await validate({ branch: 'mian' })
    expect(code).toBe(0)
    expect(out).toContain(`forks.mine.branch: ${repo} has no branch mian`)
    expect(out).toContain('there are: main')
    expect((await validate({ branch: 'main' })).out).not.toContain('warning')
  })

  it('commands that are no list', async () => {
    const { code, out } = await validate({ verify: 'go test' })
    expect(code).toBe(2)
    expect(out).toContain('Put it in brackets to make it a list: `verify: [ … ]`.')
  })
})
