import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AttemptSettings } from '../domain/settings.ts'
import { askedBy, beyondPolicy } from './check-policy.ts'
import { dataFolder } from './data-folder.ts'
import { writePolicy } from './generated-policy.ts'
import { followPolicy, loadPolicy, parsePolicy, policyFile } from './load-policy.ts'
import { narrowestPolicy } from './narrow-policy.ts'
import { parseConfig } from './parse-config.ts'

function settingsOf(changes: { readonly origin?: string; readonly sandbox?: string } = {}): AttemptSettings {
  const text = `upstreams:
  tool:
    git: https://git.example/up/tool.git
    feed: { url: https://git.example/up/tool.atom, token: env:FEED }
forks:
  mine:
    upstream: tool
    branch: main
    sandbox: ${changes.sandbox ?? 'bubblewrap'}
    remotes:
      origin: { url: '${changes.origin ?? 'https://git.example/me/tool.git'}', token: env:PUSH }
      copy: /srv/git/tool.git
    verify: ['true']
`
  const parsed = parseConfig(text, 'undrift.yaml')
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems))
  const [upstream, fork] = [parsed.config.upstreams[0], parsed.config.forks[0]]
  if (upstream === undefined || fork === undefined) throw new Error('nothing')
  return { upstream, fork }
}

const own = settingsOf()
const narrow = narrowestPolicy({ upstreams: [own.upstream], forks: [own.fork] })
const refused = (settings: AttemptSettings, role: 'control' | 'git' | 'verify') =>
  beyondPolicy(askedBy({ settings }), { policy: narrow, role })

describe('the narrowest policy', () => {
  it('allows its own config to every role', () => {
    for (const role of ['control', 'git', 'verify'] as const) expect(refused(own, role)).toEqual([])
    expect(narrow).toMatchObject({
      sandboxNone: false,
      folders: ['/srv/git/tool.git'],
      secrets: { 'env:PUSH': ['git.example'], 'env:FEED': ['git.example'] },
    })
  })

  it.each([
    ['https://evil.example/me/tool.git', 'the secret `env:PUSH` for evil.example'],
    ['https://git.example:8443/me/tool.git', 'the secret `env:PUSH` for git.example:8443'],
    ['https://git.example/me/tool.git.evil', 'the remote https://git.example/me/tool.git.evil'],
    ['/srv/git/other.git', 'the remote /srv/git/other.git'],
    ['/srv/git/tool.git/../other.git', 'the remote /srv/git/tool.git/../other.git'],
    ['file:///srv/git/tool.git/%2e%2e/other.git', 'the remote file:///srv/git/tool.git/%2e%2e/other.git'],
    ['git@git.example:me/tool.git', 'the remote git@git.example:me/tool.git'],
  ])('refuses the remote %s', (url, clause) => {
    const [origin, copy] = own.fork.remotes
    if (origin === undefined || copy === undefined) throw new Error('no remote')
    const fork = { ...own.fork, remotes: [{ ...origin, url }, copy] }
    expect(refused({ ...own, fork }, 'git')).toContain(clause)
  })

  it('refuses a secret under another host although both are allowed by themselves', () => {
    const [origin] = own.fork.remotes
    if (origin === undefined) throw new Error('no remote')
    const fork = { ...own.fork, remotes: [{ ...origin, token: 'env:HOME' as const }] }
    expect(refused({ ...own, fork }, 'git')).toEqual(['the secret `env:HOME` for git.example'])
  })

  it('refuses another feed and its token to the role that reads it', () => {
    const upstream = { ...own.upstream, feed: 'https://evil.example/feed' }
    expect(beyondPolicy(askedBy({ upstream }), { policy: narrow, role: 'control' })).toEqual([
      'the remote https://evil.example/feed',
      'the secret `env:FEED` for evil.example',
    ])
  })

  it('refuses `sandbox: none` where commands run, and a role that is not named', () => {
    expect(refused(settingsOf({ sandbox: 'none' }), 'verify')).toEqual(['`sandbox: none`'])
    const policy = { ...narrow, roles: ['git'] as const }
    expect(beyondPolicy(askedBy({ settings: own }), { policy, role: 'verify' })).toEqual([
      'the role `verify`',
    ])
  })

  it('refuses a name that leads out of the data folder', () => {
    const upstream = { ...own.upstream, name: '../../elsewhere' }
    expect(refused({ ...own, upstream }, 'git')).toEqual(['the name `../../elsewhere`'])
  })
})

describe('a remote that ends in a slash', () => {
  const policy = parsePolicy('remotes: [https://git.example/up/]\nfolders: [/srv/git/]\n', 'worker.yaml')
  const asks = (url: string) =>
    beyondPolicy(
      { upstreams: [], forks: [], remotes: [{ name: 'x', url, token: null }] },
      { policy, role: 'control' },
    )

  it('stands for all below it and for nothing beside it', () => {
    expect(asks('https://git.example/up/tool.git')).toEqual([])
    expect(asks('/srv/git/a/b.git')).toEqual([])
    for (const url of [
      'https://git.example/upper.git',
      'https://git.example/up/../me/tool.git',
      'https://git.example/up/%2E%2e/me/tool.git',
      'https://git.example.evil/up/tool.git',
      '/srv/gitlab/a.git',
    ])
      expect(asks(url), url).toHaveLength(1)
  })
})

describe('worker.yaml', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'undrift-policy-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const asConfig = (name: string, settings: AttemptSettings) => {
    const path = join(folder, name)
    writeFileSync(path, '')
    return { path, upstreams: [settings.upstream], forks: [settings.fork] }
  }

  it('names each mistake with its line and column', () => {
    const text = 'roles: [git, verfy]\nsandbxNone: true\nsecrets:\n  TOKEN: [a.example]\n'
    expect(() => parsePolicy(text, 'worker.yaml')).toThrow(/worker\.yaml:1:14[\s\S]*Did you mean `verify`/)
    expect(() => parsePolicy(text, 'worker.yaml')).toThrow(
      /worker\.yaml:2:1[\s\S]*Did you mean `sandboxNone`/,
    )
    expect(() => parsePolicy(text, 'worker.yaml')).toThrow(
      /worker\.yaml:4:\d+: this is not the name of a secret/,
    )
  })

  it('is written for a config, anew for a changed one, and holds those of two', () => {
    const data = dataFolder(folder)
    expect(writePolicy(data, asConfig('a.yaml', own), { others: 'keep' })).toBe('written')
    expect(loadPolicy(policyFile(data))).toEqual(narrow)
    expect(writePolicy(data, asConfig('a.yaml', own), { others: 'keep' })).toBe('unchanged')
    const other = settingsOf({ origin: 'https://other.example/x.git' })
    writePolicy(data, asConfig('b.yaml', other), { others: 'keep' })
    expect(loadPolicy(policyFile(data))?.secrets['env:PUSH']).toEqual(['git.example', 'other.example'])
    writePolicy(data, asConfig('b.yaml', other), { others: 'forget' })
    expect(loadPolicy(policyFile(data))?.secrets['env:PUSH']).toEqual(['other.example'])
  })

  it('is left alone where a person wrote it, and followed while a worker runs', () => {
    const data = dataFolder(folder)
    writeFileSync(policyFile(data), 'roles: [git]\n')
    const followed = followPolicy(undefined, data)
    expect(followed.now()?.roles).toEqual(['git'])
    expect(writePolicy(data, asConfig('a.yaml', own), { others: 'forget' })).toBe('by-a-person')
    expect(readFileSync(policyFile(data), 'utf8')).toBe('roles: [git]\n')
    writeFileSync(policyFile(data), 'roles: [git, verify]\n')
    expect(followed.now()?.roles).toEqual(['git', 'verify'])
    rmSync(policyFile(data))
    expect(() => followed.now()).toThrow('There is no policy')
  })

  it('must be there where somebody named it', () => {
    expect(() => followPolicy(join(folder, 'none.yaml'), dataFolder(folder)).now()).toThrow(
      'There is no policy',
    )
  })
})
