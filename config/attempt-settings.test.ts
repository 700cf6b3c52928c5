import { describe, expect, it } from 'vitest'
import { toAttemptSettings, type WantedLine } from './attempt-settings.ts'
import { parseConfig } from './parse-config.ts'

const parsed = parseConfig(
  `upstreams:
  up: { git: /srv/up.git, feed: "https://example.org/up.atom", tags: { prefix: v } }
forks:
  single: { upstream: up, remotes: { origin: /srv/single.git }, branch: main, verify: [] }
  mine:
    upstream: up
    remotes: { origin: /srv/mine.git }
    branch: main
    tags: { range: ">=2" }
    lines: { lts-1: { branch: lts/1, tags: { range: ">=1 <2" } }, edge: { branch: edge } }
    verify: []
`,
  'undrift.yaml',
)
if (parsed.kind === 'invalid') throw new Error(parsed.problems[0]?.message)
const { config } = parsed

function found(word: string, wanted: WantedLine = {}): string {
  const { upstream, fork } = toAttemptSettings(config, word, wanted)
  return `${upstream.name} ${fork.name}/${fork.line}`
}

describe('the line that a person means', () => {
  it.each([
    ['single', {}, 'up single/main'],
    ['single', { tag: 'whatever' }, 'up single/main'],
    ['mine', { line: 'lts-1' }, 'up mine/lts-1'],
    ['mine/lts-1', {}, 'up mine/lts-1'],
    ['mine/lts-1', { line: 'lts-1', tag: 'v9' }, 'up mine/lts-1'],
    ['mine', { tag: 'v1.2.0' }, 'up mine/lts-1'],
  ])('is found for %s with %j', (word, wanted, line) => {
    expect(found(word, wanted)).toBe(line)
  })

  it.each([
    ['singel', {}, 'UNDRIFT_E_NOT_FOUND', 'Did you mean `single`?'],
    ['mine', { line: 'lts-2' }, 'UNDRIFT_E_NOT_FOUND', 'Did you mean `lts-1`?'],
    ['mine', { line: 'other' }, 'UNDRIFT_E_NOT_FOUND', 'Its lines are: main, lts-1, edge.'],
    ['mine', {}, 'UNDRIFT_E_USAGE', 'Name one with --line: main, lts-1, edge.'],
    ['mine', { tag: 'v2.0.0' }, 'UNDRIFT_E_USAGE', 'Name one with --line: main, lts-1, edge.'],
    ['mine', { tag: 'v0.1.0' }, 'UNDRIFT_E_USAGE', 'Name one with --line: main, lts-1, edge.'],
    ['mine/edge', { line: 'main' }, 'UNDRIFT_E_USAGE', expect.anything()],
  ])('is not guessed for %s with %j', (word, wanted, code, hint) => {
    expect(() => found(word, wanted)).toThrow(expect.objectContaining({ code, hint }))
  })
})
