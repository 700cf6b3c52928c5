import { expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'

function parse(tags: string, more = '') {
  const text = [
    'upstreams:',
    `  tool: { git: "https://git.example.org/x.git", feed: "https://git.example.org/x.atom", tags: ${tags}${more} }`,
    'forks: {}',
    '',
  ].join('\n')
  return parseConfig(text, 'undrift.yaml')
}

it('takes every rule of the reader', () => {
  const parsed = parse(
    `{ prefix: v, match: '^v', ignore: 'linux', scheme: 'calver:YYYY.0M.0D', range: '>=2026' }`,
  )
  expect(parsed.kind === 'ok' && parsed.config.upstreams[0]?.tags).toEqual({
    prefix: 'v',
    prereleases: false,
    match: '^v',
    ignore: 'linux',
    scheme: 'calver:YYYY.0M.0D',
    range: '>=2026',
  })
})

it('takes the scheme that orders tags by their commits', () => {
  const parsed = parse('{ scheme: commit }')
  expect(parsed.kind === 'ok' && parsed.config.upstreams[0]?.tags.scheme).toBe('commit')
})

it.each([
  [`{ match: '(' }`, 'not a regular expression'],
  [`{ scheme: semantic }`, 'There is no scheme "semantic"'],
  [`{ scheme: 'regex:x' }`, 'needs a named group'],
  [`{ range: abc }`, 'is no range'],
  [`{ range: '1', scheme: commit }`, 'A range cannot read versions of the scheme commit'],
  [`{ range: '1', scheme: debian }`, 'A range cannot read versions of the scheme debian'],
])('refuses %s where it stands', (tags, words) => {
  const parsed = parse(tags)
  expect(parsed.kind === 'invalid' && parsed.problems).toMatchObject([
    { message: expect.stringContaining(words), line: 2 },
  ])
})

it('names the expression that cannot be read', () => {
  const parsed = parse('{ prefix: v }', `, security: '('`)
  expect(parsed.kind === 'invalid' && parsed.problems).toMatchObject([
    { message: expect.stringContaining('`security` is not a regular expression') },
  ])
})
