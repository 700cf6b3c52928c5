import { describe, expect, it } from 'vitest'
import type { Config } from '../config/config.ts'
import { parseConfig } from '../config/parse-config.ts'
import { canonical, linesOf } from './event-lines.ts'

const yaml = `
upstreams:
  codex: { git: https://github.com/openai/codex.git, feed: https://github.com/openai/codex/releases.atom }
  quiet: { git: https://git.example.org/quiet.git, feed: https://git.example.org/quiet.atom }
  sub: { git: https://gitlab.com/group/sub/tool.git, feed: https://git.example.org/sub.atom, tags: { prefix: v } }
  same: { git: https://gitlab.com/me/same.git, feed: https://git.example.org/same.atom }
  mirror: { git: https://github.com/me/same.git, feed: https://git.example.org/mirror.atom }
forks:
  one: { upstream: codex, remotes: { origin: https://git.example.org/one.git }, branch: main, verify: [] }
  two: { upstream: codex, remotes: { origin: https://git.example.org/two.git }, branch: main, verify: [] }
  three: { upstream: sub, remotes: { origin: https://git.example.org/three.git }, branch: main, verify: [] }
  four: { upstream: same, remotes: { origin: https://git.example.org/four.git }, branch: main, verify: [] }
  lts:
    upstream: sub
    remotes: { origin: https://git.example.org/lts.git }
    verify: []
    publish: { candidate: 'undrift/{line}/{tag}' }
    lines:
      stable: { branch: main, tags: { range: '>=2' } }
      lts-1: { branch: lts/1, tags: { range: '>=1 <2' } }
  five: { upstream: mirror, remotes: { origin: https://git.example.org/five.git }, branch: main, verify: [] }
`

function config(): Config {
  const parsed = parseConfig(yaml, 'undrift.yaml')
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems))
  return parsed.config
}

function lines(repo: string, tag = 'v1.2.0') {
  return linesOf(config(), { id: '1', type: 'upstream.release', payload: { repo, tag } })
}

function forks(repo: string): readonly string[] {
  return lines(repo).taken.map(({ fork }) => fork.name)
}

describe('an event', () => {
  it.each([
    'codex',
    'openai/codex',
    'OpenAI/Codex',
    'https://github.com/openai/codex',
    'https://github.com/openai/codex.git',
    'git@github.com:openai/codex.git',
    'ssh://git@github.com:22/openai/codex.git',
  ])('is for every fork that follows the repository, named as %s', (repo) => {
    expect(forks(repo)).toEqual(['one', 'two'])
  })

  it.each(['group/sub/tool', 'sub/tool', 'sub'])('finds a repository of a subgroup as %s', (repo) => {
    expect(forks(repo)).toEqual(['three', 'lts'])
  })

  it.each(['ai/codex', 'https://gitlab.com/openai/codex', 'codex.git', 'x', 'other/sub/tool', 'toString'])(
    'knows no upstream for %s',
    (repo) => {
      expect(() => forks(repo)).toThrow('No upstream')
    },
  )

  it('does not guess between two repositories of the same path', () => {
    expect(() => forks('me/same')).toThrow('may be any of the upstreams same, mirror')
    expect(forks('https://github.com/me/same')).toEqual(['five'])
    expect(forks('same')).toEqual(['four'])
  })

  it('is refused when no fork follows the upstream', () => {
    expect(() => forks('quiet')).toThrow('No fork follows')
  })

  it('is for the lines only that take the tag', () => {
    expect(lines('sub').taken.map(({ fork }) => fork.line)).toEqual(['main', 'lts-1'])
    expect(lines('sub').leftOut).toEqual([{ fork: 'lts', line: 'stable', reason: 'range: it is not in >=2' }])
    expect(lines('codex', 'v1.3.0-rc.1')).toMatchObject({
      taken: [],
      leftOut: [{ fork: 'one', reason: 'pre-release: the rules take none' }, { fork: 'two' }],
    })
    expect(lines('sub', 'release-1').leftOut).toMatchObject(
      Array(3).fill({ reason: expect.stringMatching(/^prefix: /) }),
    )
  })

  it('writes every spelling of an address the same way', () => {
    expect(canonical('git@host:a/b.git')).toBe(canonical('https://host/a/b/'))
  })
})
