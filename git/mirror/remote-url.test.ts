import { describe, expect, it } from 'vitest'
import { remoteKind } from './remote-url.ts'

describe('remoteKind', () => {
  it.each([
    ['https://github.com/me/x.git', 'https'],
    ['HTTPS://github.com:8443/me/x.git', 'https'],
    ['ssh://git@git.example.org/me/x.git', 'ssh'],
    ['ssh://git@git.example.org:2222/~me/x.git', 'ssh'],
    ['git@github.com:me/x.git', 'ssh'],
    ['host:path', 'ssh'],
    ['git@[::1]:x', 'ssh'],
    ['/srv/git/x.git', 'file'],
    ['file:///srv/git/x.git', 'file'],
  ])('%s is reached by %s', (url, kind) => {
    expect(remoteKind(url)).toBe(kind)
  })

  it.each([
    ['ext::sh -c id', 'space'],
    ['ext::sh', 'remote helper'],
    ['fd::17', 'remote helper'],
    ['-uupload', 'begins with'],
    ['--upload-pack=x', 'begins with'],
    ['https://me:secret@example.org/x', 'password'],
    ['https://ghp_token@example.org/x', 'user name or token'],
    ['ssh://me:secret@example.org/x', 'password'],
    ['me:secret@example.org:x', 'password'],
    ['ssh://-oProxyCommand=id/x', '`-`'],
    ['ssh://-l@host/x', '`-`'],
    ['-oProxyCommand=id:x', 'begins with'],
    ['me@-host:x', '`-`'],
    ['http://example.org/x', 'not encrypted'],
    ['git://example.org/x', 'not encrypted'],
    ['file://host/x', 'host'],
    ['relative/path', 'neither'],
    ['https://', 'cannot be read'],
    ['https:example.org/x.git', 'no slashes'],
    ['ssh:git@example.org/x.git', 'no slashes'],
    ['https://example.org/a\nb', 'control'],
    ['', 'neither'],
  ])('refuses %j, with advice', (url, words) => {
    let caught: unknown
    try {
      remoteKind(url)
    } catch (error) {
      caught = error
    }
    expect(caught).toMatchObject({
      code: 'UNDRIFT_E_INPUT',
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/\w/),
    })
    expect(String(caught)).not.toMatch(/secret|ghp_token/)
  })
})
