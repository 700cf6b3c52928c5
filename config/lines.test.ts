import { describe, expect, it } from 'vitest'
import type { ForkSettings } from '../domain/settings.ts'
import { parseConfig } from './parse-config.ts'
import type { ConfigProblem } from './problem.ts'

const upstreamPart = `upstreams:
  up:
    git: https://example.org/up.git
    feed: https://example.org/up.atom
    tags: { prefix: v, ignore: linux }
    minimumAge: 3d
    quiet: ["Sat,Sun"]
    security: CVE-
    expect: 60d
forks:
  mine:
    upstream: up
    remotes: { origin: https://example.org/mine.git }
    verify: [make]
`

const lines = `    lines:
      lts-1:
        branch: lts/1
        tags: { range: ">=1 <2" }
        step: each
        minimumAge: 0s
        quiet: []
        verify: [make lts]
      next: { branch: next, tags: { prereleases: true } }
`

function read(forkPart: string): readonly ForkSettings[] {
  const parsed = parseConfig(upstreamPart + forkPart, 'undrift.yaml')
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  return parsed.config.forks
}

function problems(forkPart: string): readonly ConfigProblem[] {
  const parsed = parseConfig(upstreamPart + forkPart, 'undrift.yaml')
  return parsed.kind === 'invalid' ? parsed.problems : []
}

describe('a fork with lines', () => {
  it('has its branch as the line main, and each line with what it says instead of what stands above it', () => {
    const saturdays = { days: [0, 6], from: 0, to: 1440, zone: 'UTC' }
    const forks = read(`    branch: main\n    tags: { range: ">=2" }\n${lines}`)
    expect(forks).toMatchObject([
      {
        name: 'mine',
        line: 'main',
        branch: 'main',
        tags: { prefix: 'v', prereleases: false, ignore: 'linux', range: '>=2' },
        minimumAgeSeconds: 259_200,
        quiet: [saturdays],
        verify: { commands: ['make'] },
        publish: { candidate: 'undrift/candidate/{line}/{tag}' },
      },
      {
        line: 'lts-1',
        branch: 'lts/1',
        tags: { prefix: 'v', ignore: 'linux', range: '>=1 <2' },
        step: 'each',
        verify: { commands: ['make lts'] },
      },
      { line: 'next', tags: { prefix: 'v', prereleases: true, range: '>=2' }, minimumAgeSeconds: 259_200 },
    ])
    expect(forks[1]).not.toHaveProperty('minimumAgeSeconds')
    expect(forks[1]).not.toHaveProperty('quiet')
  })

  it('needs no branch beside its lines, and without lines all is as it was', () => {
    expect(read(lines).map(({ line }) => line)).toEqual(['lts-1', 'next'])
    const [only] = read('    branch: main\n')
    expect(only).toMatchObject({ line: 'main', publish: { candidate: 'undrift/candidate/{tag}' } })
    expect(only).not.toHaveProperty('tags')
  })

  it.each([
    ['neither a branch nor a line', '', 'missing', 'forks.mine.branch'],
    ['no line in the lines', '    lines: {}\n', 'missing', 'forks.mine.branch'],
    [
      'a line main beside the branch',
      '    branch: main\n    lines: { main: { branch: other } }\n',
      'duplicate',
      'forks.mine.lines.main',
    ],
    [
      'two lines with one branch',
      '    branch: main\n    lines: { lts: { branch: main } }\n',
      'duplicate',
      'forks.mine.lines.lts.branch',
    ],
    [
      'a branch below another line’s',
      '    lines: { one: { branch: lts }, two: { branch: lts/2 } }\n',
      'bad-ref',
      'forks.mine.lines.two.branch',
    ],
    ['a bad name of a line', '    lines: { LTS/1: { branch: lts } }\n', 'bad-name', 'forks.mine.lines.LTS/1'],
    [
      'an unknown key',
      '    lines: { lts: { branch: lts, tag: {} } }\n',
      'unknown-key',
      'forks.mine.lines.lts.tag',
    ],
    [
      'an unknown step',
      '    lines: { lts: { branch: lts, step: all } }\n',
      'bad-value',
      'forks.mine.lines.lts.step',
    ],
    [
      'an age that is none',
      '    lines: { lts: { branch: lts, minimumAge: soon } }\n',
      'bad-duration',
      'forks.mine.lines.lts.minimumAge',
    ],
    [
      'quiet hours that are none',
      '    lines: { lts: { branch: lts, quiet: [Mo-Fr] } }\n',
      'bad-value',
      'forks.mine.lines.lts.quiet[0]',
    ],
    [
      'quiet hours that never end',
      '    lines: { lts: { branch: lts, quiet: [Mon-Fri, "Sat,Sun", "22:00-06:00"] } }\n',
      'bad-value',
      'forks.mine.lines.lts.quiet',
    ],
    [
      'a range that the scheme above cannot read',
      '    tags: { scheme: "regex:(?<n>\\\\d+)" }\n    lines: { lts: { branch: lts, tags: { range: "<2" } } }\n',
      'bad-value',
      'forks.mine.lines.lts.tags.range',
    ],
    [
      'one candidate for two lines',
      '    branch: main\n    lines: { lts: { branch: lts } }\n    publish: { candidate: "c/{tag}" }\n',
      'bad-ref',
      'forks.mine.publish.candidate',
    ],
    [
      'a candidate that could be a line’s branch',
      '    lines: { lts: { branch: c/lts/1 } }\n    publish: { candidate: "c/{line}/{tag}" }\n',
      'bad-ref',
      'forks.mine.publish.candidate',
    ],
  ])('is told of %s, at its place', (_, fork, kind, path) => {
    expect(problems(fork).map((problem) => ({ kind: problem.kind, path: problem.path }))).toContainEqual({
      kind,
      path,
    })
    expect(problems(fork)).toHaveLength(1)
  })
})
