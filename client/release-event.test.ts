import { describe, expect, it } from 'vitest'
import type { Config } from '../config/config.ts'
import { parseConfig } from '../config/parse-config.ts'
import { canonical, parseEvent, settingsFor } from './release-event.ts'

const yaml = `
upstreams:
  codex: { git: https://github.com/openai/codex.git, feed: https://github.com/openai/codex/releases.atom }
  quiet: { git: https://git.example.org/quiet.git, feed: https://git.example.org/quiet.atom }
forks:
  one: { upstream: codex, remotes: { origin: https://git.example.org/one.git }, branch: main, verify: [] }
  two: { upstream: codex, remotes: { origin: https://git.example.org/two.git }, branch: main, verify: [] }
`

function config(): Config {
  const parsed = parseConfig(yaml, 'undrift.yaml')
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems))
  return parsed.config
}

function event(repo: string) {
  return { id: '1', type: 'upstream.release' as const, payload: { repo, tag: 'v1.2.0' } }
}

describe('an event file', () => {
  it('is read for the fields that count, and others are ignored', () => {
    const text = JSON.stringify({ ...event('openai/codex'), occurredAt: 'x', receivedAt: 'y', more: 1 })
    expect(parseEvent(text, 'e.json').payload).toEqual({ repo: 'openai/codex', tag: 'v1.2.0' })
  })

  it.each([
    ['not JSON', '{', 'not JSON'],
    ['another type', JSON.stringify({ ...event('a'), type: 'push' }), 'type'],
    ['no tag', JSON.stringify({ id: '1', type: 'upstream.release', payload: { repo: 'a' } }), 'payload.tag'],
    ['a list', '[]', 'the whole'],
  ])('is refused with its reason: %s', (_what, text, reason) => {
    expect(() => parseEvent(text, 'e.json')).toThrow(reason)
  })

  it.each([
    'codex',
    'openai/codex',
    'OpenAI/Codex',
    'https://github.com/openai/codex',
    'https://github.com/openai/codex.git',
    'git@github.com:openai/codex.git',
    'ssh://git@github.com:22/openai/codex.git',
  ])('starts every fork that follows the repository, named as %s', (repo) => {
    expect(settingsFor(config(), event(repo)).map(({ fork }) => fork.name)).toEqual(['one', 'two'])
  })

  it.each(['ai/codex', 'https://gitlab.com/openai/codex', 'codex.git', 'x'])(
    'knows no upstream for %s',
    (repo) => {
      expect(() => settingsFor(config(), event(repo))).toThrow('No upstream')
    },
  )

  it('names no fork for an upstream that none follows', () => {
    expect(settingsFor(config(), event('quiet'))).toEqual([])
  })

  it('writes every spelling of an address the same way', () => {
    expect(canonical('git@host:a/b.git')).toBe(canonical('https://host/a/b/'))
  })
})
