import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Config } from './config.ts'
import { parseConfig } from './parse-config.ts'
import { renderProblems } from './render-problems.ts'
import { example } from './testing-example.ts'

function good(text: string): Config {
  const parsed = parseConfig(text, 'undrift.yaml')
  if (parsed.kind === 'invalid') throw new Error(renderProblems(parsed.problems, { color: false }))
  return parsed.config
}

/** The example with one text in it replaced; fails when it is not there. */
function changed(from: string, to: string): string {
  expect(example).toContain(from)
  return example.replace(from, () => to)
}

describe('a good config', () => {
  it('becomes plain settings with every default filled in', () => {
    expect(good(example)).toEqual({
      path: 'undrift.yaml',
      upstreams: [
        {
          name: 'codex',
          git: { name: 'upstream', url: 'https://github.com/openai/codex.git', token: null },
          feed: 'https://github.com/openai/codex/releases.atom',
          pollSeconds: 600,
          tags: { prefix: 'rust-v', prereleases: false },
          allow: [],
          patienceSeconds: 86_400,
        },
      ],
      forks: [
        {
          name: 'my-codex',
          line: 'main',
          upstream: 'codex',
          remotes: [
            { name: 'origin', url: 'git@github.com:me/codex.git', token: null },
            { name: 'mirror', url: 'ssh://git@git.example.org/me/codex.git', token: null },
          ],
          branch: 'main',
          verify: {
            commands: ['npm ci', 'npm test'],
            network: false,
            timeoutSeconds: 1800,
            idleSeconds: 600,
            outputBytes: 10_000_000,
            processes: 512,
            memoryBytes: 8_000_000_000,
            diskBytes: 10_000_000_000,
          },
          sandbox: 'bubblewrap',
          publish: { candidate: 'undrift/candidate/{tag}', to: ['origin', 'mirror'], push: false },
          committer: { name: 'Undrift', email: 'undrift@localhost' },
        },
      ],
      webhooks: new Map(),
    })
  })

  it('reads the branch from origin wherever it stands, else from the first', () => {
    const names = (remotes: string) =>
      good(
        changed(
          'remotes: { origin: git@github.com:me/codex.git, mirror',
          `remotes: { ${remotes}, mirror`,
        ).replace(/publish.*/, ''),
      ).forks[0]?.remotes.map(({ name }) => name)
    expect(names('zeta: /z, origin: /o')).toEqual(['origin', 'zeta', 'mirror'])
    expect(names('zeta: /z, other: /o')).toEqual(['zeta', 'other', 'mirror'])
  })

  it('pushes to every remote when `to` is left out', () => {
    expect(good(changed(', to: [origin, mirror]', '')).forks[0]?.publish.to).toEqual(['origin', 'mirror'])
  })

  it('publishes the ledger and notes only where it is asked for', () => {
    const asked = good(changed('push: false', 'push: false, ledger: true, notes: true'))
    expect(asked.forks[0]?.publish).toMatchObject({ push: false, ledger: true, notes: true })
  })

  it('says what of the stack is carried only where it is asked to', () => {
    const asked = good(
      changed('branch: main', 'branch: main\n    patches: { exclude: [3fa1c2], policy: strict }'),
    )
    expect(asked.forks[0]?.patches).toEqual({ policy: 'strict', exclude: ['3fa1c2'], squashAuthors: [] })
    const wrong = changed(
      'branch: main',
      'branch: main\n    patches: { exclude: [xyz], squashAuthors: [bot] }',
    )
    expect(parseConfig(wrong, 'undrift.yaml')).toMatchObject({
      kind: 'invalid',
      problems: [
        { path: 'forks.my-codex.patches.exclude[0]' },
        { path: 'forks.my-codex.patches.squashAuthors[0]' },
      ],
    })
  })

  it('takes options of verify, a token by name, and what the operator opens', () => {
    const config = good(
      changed(
        'verify: [npm ci, npm test]',
        'verify: { commands: [make], timeout: 1h, output: 1GB, network: true }',
      )
        .replace('git: https', 'git: { token: env:TOKEN, url: https')
        .replace('codex.git\n', 'codex.git }\n')
        .concat('network: { allow: [127.0.0.0/8] }\n'),
    )
    expect(config.forks[0]?.verify).toMatchObject({ timeoutSeconds: 3600, outputBytes: 1e9, network: true })
    expect(config.upstreams[0]).toMatchObject({ git: { token: 'env:TOKEN' }, allow: ['127.0.0.0/8'] })
  })

  it('takes generated files by pattern in their order, each with a command or a side', () => {
    const patterns = `{ package-lock.json: npm install --package-lock-only, "gen/**": { run: make gen }, a: { take: ours }, "**/*.pb.ts": { take: upstream } }`
    const config = good(changed('    branch: main', `    branch: main\n    generated: ${patterns}`))
    expect(config.forks[0]?.generated).toEqual([
      { kind: 'run', pattern: 'package-lock.json', command: 'npm install --package-lock-only' },
      { kind: 'run', pattern: 'gen/**', command: 'make gen' },
      { kind: 'ours', pattern: 'a' },
      { kind: 'upstream', pattern: '**/*.pb.ts' },
    ])
  })

  it('takes the token of a feed by name, and keeps the secrets of webhooks out of the settings', () => {
    const config = good(
      changed(
        'feed: https://github.com/openai/codex/releases.atom',
        'feed: { url: https://api.github.com/repos/openai/codex/releases, token: env:API }',
      ).replace('poll: 10m', 'webhook: env:HOOK'),
    )
    expect(config.upstreams[0]).toMatchObject({
      feed: 'https://api.github.com/repos/openai/codex/releases',
      feedToken: 'env:API',
    })
    expect([...config.webhooks]).toEqual([['codex', 'env:HOOK']])
    expect(JSON.stringify(config.upstreams)).not.toContain('HOOK')
  })

  it('keeps its settings through any order of its keys', () => {
    const names = ['alpha', 'beta', 'gamma', 'origin']
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 1 }), (remotes) => {
        const fork = {
          upstream: 'u',
          remotes: Object.fromEntries(remotes.map((name) => [name, `/srv/${name}.git`])),
          branch: 'main',
          verify: [],
        }
        const upstreams = { u: { git: '/srv/u.git', feed: 'https://example.org/feed' } }
        const read = good(stringify({ upstreams, forks: { f: fork } })).forks[0]
        expect(read?.remotes[0]?.name).toBe(remotes.includes('origin') ? 'origin' : remotes[0])
        expect(read?.remotes.map(({ name }) => name).sort()).toEqual([...remotes].sort())
        expect(read?.publish.to).toEqual(read?.remotes.map(({ name }) => name))
      }),
    )
  })
})
