import { describe, expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'

/** The config of one fork with these options of `verify`. */
function read(verify: string) {
  const text = `upstreams:
  up: { git: https://example.org/up.git, feed: https://example.org/feed }
forks:
  mine:
    upstream: up
    remotes: { origin: https://example.org/mine.git }
    branch: main
    verify: ${verify}
`
  return parseConfig(text, 'undrift.yaml')
}

describe('the box of `verify`', () => {
  it('has defaults', () => {
    const result = read('[npm test]')
    expect(result.kind === 'ok' && result.config.forks[0]?.verify).toMatchObject({
      network: false,
      memoryBytes: 8_000_000_000,
      diskBytes: 10_000_000_000,
    })
  })

  it('takes named hosts, memory, room and variables', () => {
    const result = read(
      '{ commands: [npm test], network: { allow: [registry.example.org, 10.0.0.0/8] }, memory: 2GB, disk: 1GB, environment: { PATH: /usr/bin, GOFLAGS: -mod=mod } }',
    )
    expect(result.kind === 'ok' && result.config.forks[0]?.verify).toMatchObject({
      network: { allow: ['registry.example.org', '10.0.0.0/8'] },
      memoryBytes: 2_000_000_000,
      diskBytes: 1_000_000_000,
      environment: { PATH: '/usr/bin', GOFLAGS: '-mod=mod' },
    })
  })

  it.each([
    ['{ commands: [a], network: { allow: [] } }'],
    ['{ commands: [a], network: { allow: ["https://registry.example.org"] } }'],
    ['{ commands: [a], network: { deny: [x] } }'],
    ['{ commands: [a], network: maybe }'],
    ['{ commands: [a], environment: { "A B": c } }'],
    ['{ commands: [a], environment: { TOKEN: "env:TOKEN" } }'],
    ['{ commands: [a], memory: lots }'],
  ])('refuses %s', (verify) => {
    expect(read(verify).kind).not.toBe('ok')
  })
})
