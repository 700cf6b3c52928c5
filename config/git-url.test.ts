import { describe, expect, it } from 'vitest'
import { feedUrlFault, gitUrlFault } from './git-url.ts'

describe('the URL of a repository', () => {
  it.each([
    'https://github.com/openai/codex.git',
    'https://git.example.org:8443/x.git',
    'https://[2001:db8::1]/x.git',
    'ssh://git@git.example.org/me/codex.git',
    'ssh://git@git.example.org:2222/~me/codex.git',
    'git@github.com:me/codex.git',
    'host:path',
    '/srv/git/codex.git',
    'file:///srv/git/codex.git',
  ])('may be %s', (url) => {
    expect(gitUrlFault(url)).toBeNull()
  })

  it.each([
    ['', 'empty'],
    ['ext::sh -c id', 'runs a program'],
    ['EXT::sh', 'runs a program'],
    ['fd::17', 'runs a program'],
    ['-u', 'begins with a dash'],
    ['--upload-pack=id', 'begins with a dash'],
    ['ssh://-oProxyCommand=id/x', 'host begins with a dash'],
    ['ssh://%2DoProxyCommand=id/x', 'not a host name'],
    ['ssh://-oProxyCommand=id@host/x', 'user begins with a dash'],
    ['ssh://%2Dl@host/x', 'user begins with a dash'],
    ['-oProxyCommand=id:x', 'begins with a dash'],
    ['git@-oProxyCommand:x', 'host begins with a dash'],
    ['git@host:-x', 'path begins with a dash'],
    ['https://me:pw@host/x', 'password'],
    ['https://token:@host/../x y', 'white space'],
    ['ssh://me:pw@host/x', 'password'],
    ['me:pw@host:x', 'password'],
    ['git://host/x', 'neither proves'],
    ['http://host/x', 'neither proves'],
    ['https://ghp_secret@host/x', 'user name or token'],
    ['/srv/a b.git', 'white space'],
    ['ftp://host/x', 'not a way'],
    ['file://host/x', 'names no host'],
    ['/srv/../etc', '`..`'],
    ['codex', 'not the URL'],
    ['./codex', 'not the URL'],
    ['../codex.git', 'not the URL'],
    ['https://', 'not a URL'],
    ['https:github.com/openai/codex.git', 'slashes after `https:` are missing'],
    ['https:/github.com/openai/codex.git', 'slashes after `https:` are missing'],
    ['HTTPS:github.com/x', 'slashes'],
    ['ssh:git@host/x', 'slashes after `ssh:` are missing'],
    ['file:/srv/x.git', 'slashes after `file:` are missing'],
    ['/a\nb', 'control character'],
  ])('may not be %j: %s', (url, words) => {
    expect(gitUrlFault(url)).toMatchObject({ message: expect.stringContaining(words) })
  })

  it('is advised to name the secret where a password stands', () => {
    expect(gitUrlFault('https://me:pw@host/x')?.hint).toContain('token: env:NAME')
  })
})

describe('the URL of a feed', () => {
  it.each([
    'git+https://github.com/openai/codex.git',
    'git+file:///srv/git/codex.git',
    'https://github.com/a/b/releases.atom',
    'http://127.0.0.1:8080/feed',
  ])('may be %s', (url) => {
    expect(feedUrlFault(url)).toBeNull()
  })

  it.each([
    '',
    'ftp://x/y',
    'file:///etc/passwd',
    'https://me:pw@host/x',
    'https://a b/',
    '/srv/feed',
    'javascript:1',
    'https:github.com/a/b/releases.atom',
    'https:/github.com/a/b/releases.atom',
    'git+https:github.com/openai/codex.git',
    'git+ext::sh',
    'git+https://me:pw@host/x',
  ])('may not be %j', (url) => {
    expect(feedUrlFault(url)).not.toBeNull()
  })
})
