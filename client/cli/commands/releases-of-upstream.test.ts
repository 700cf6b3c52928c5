import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestRepo } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

const folder = makeFolder()
let upstream: TestRepo
beforeAll(() => {
  upstream = makeRepo(join(folder.path, 'up stream'))
  upstream.commit('one', { a: '1' })
  for (const tag of ['v1.0.0', 'v1.9.0', 'v1.10.0', 'v2.0.0-rc.1']) upstream.git('tag', tag)
})
afterAll(() => folder.remove())

describe('an upstream of the config', () => {
  it('is read by its own rules, which flags replace', async () => {
    const home = join(folder.path, 'home')
    mkdirSync(home)
    writeFileSync(
      join(home, 'undrift.yaml'),
      [
        'upstreams:',
        `  tool: { git: "file://${encodeURI(upstream.dir)}", feed: "https://git.example.org/x.atom", tags: { prefix: v, prereleases: true } }`,
        'forks:',
        '  mine: { upstream: tool, remotes: { origin: https://git.example.org/x.git }, branch: main, verify: [] }',
        '',
      ].join('\n'),
    )
    const ran = await runHere(['releases', 'tool', '--json'], { cwd: home })
    expect(JSON.parse(ran.out)).toMatchObject({ newest: 'v2.0.0-rc.1' })
    const ranged = await runHere(['releases', 'tool', '--json', '--range', '<1.10'], { cwd: home })
    expect(JSON.parse(ranged.out)).toMatchObject({ newest: 'v1.9.0' })
    const unknown = await runHere(['releases', 'tol'], { cwd: home })
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean `tool`?') })
  })

  it('is shown by the rules of a line, which must be one where the rules of several differ', async () => {
    const home = join(folder.path, 'lines')
    mkdirSync(home)
    writeFileSync(
      join(home, 'undrift.yaml'),
      `upstreams:
  tool: { git: "file://${encodeURI(upstream.dir)}", feed: "https://git.example.org/x.atom", tags: { prefix: v } }
forks:
  mine:
    upstream: tool
    remotes: { origin: https://git.example.org/x.git }
    verify: []
    branch: main
    lines: { lts: { branch: lts, tags: { range: <1.5 } }, next: { branch: next, tags: { prereleases: true } } }
  other:
    upstream: tool
    remotes: { origin: https://git.example.org/y.git }
    verify: []
    lines: { lts: { branch: lts, tags: { range: <1.10 } }, next: { branch: next, tags: { prereleases: true } } }
`,
    )
    const newest = async (line: string) => {
      const { out } = await runHere(['releases', 'tool', '--json', '--line', line], { cwd: home })
      return JSON.parse(out).newest
    }
    expect(await newest('mine/lts')).toBe('v1.0.0')
    expect(await newest('other/lts')).toBe('v1.9.0')
    expect(await newest('main')).toBe('v1.10.0')
    expect(await newest('next')).toBe('v2.0.0-rc.1')
    const { out } = await runHere(['releases', 'tool', '--json'], { cwd: home })
    expect(JSON.parse(out).releases[0]).toMatchObject({ tag: 'v1.10.0', state: null, detail: null })
    const several = await runHere(['releases', 'tool', '--line', 'lts'], { cwd: home })
    expect(several).toMatchObject({ code: 2, err: expect.stringContaining('mine/lts, other/lts') })
    const unknown = await runHere(['releases', 'tool', '--line', 'lst'], { cwd: home })
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean `lts`?') })
    const alone = await runHere(['releases', '--git', upstream.dir, '--line', 'lts'], { cwd: home })
    expect(alone).toMatchObject({ code: 2 })
  })
})
