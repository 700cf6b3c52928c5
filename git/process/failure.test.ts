import { describe, expect, it } from 'vitest'
import { codeOf, gitFailure } from './failure.ts'
import { redact } from './redact.ts'

describe('codeOf', () => {
  it.each([
    ["fatal: Authentication failed for 'https://x/'", 'UNDRIFT_E_AUTH'],
    ["fatal: could not read Username for 'https://x': terminal prompts disabled", 'UNDRIFT_E_AUTH'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 403", 'UNDRIFT_E_AUTH'],
    [
      'git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.',
      'UNDRIFT_E_AUTH',
    ],
    ['Host key verification failed.\nfatal: Could not read from remote repository.', 'UNDRIFT_E_AUTH'],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'UNDRIFT_E_REMOTE'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 503", 'UNDRIFT_E_REMOTE'],
    ['ssh: connect to host x port 22: Connection refused', 'UNDRIFT_E_REMOTE'],
    ['fatal: the remote end hung up unexpectedly', 'UNDRIFT_E_REMOTE'],
    ["fatal: '/x' does not appear to be a git repository", 'UNDRIFT_E_REMOTE'],
    ["remote: Repository not found.\nfatal: repository 'https://x/' not found", 'UNDRIFT_E_REMOTE'],
    ['fatal: write error: No space left on device', 'UNDRIFT_E_DISK'],
    ["fatal: transport 'ext' not allowed", 'UNDRIFT_E_INPUT'],
    ['fatal: unable to get password from user', 'UNDRIFT_E_AUTH'],
    ["fatal: Unable to create '/m/packed-refs.lock': File exists.", 'UNDRIFT_E_BUSY'],
    ['fatal: something else', 'UNDRIFT_E_GIT'],
    ['', 'UNDRIFT_E_GIT'],
  ] as const)('%j: %s', (words, code) => {
    expect(codeOf(words)).toBe(code)
  })

  it('tells what to do about an unknown host', () => {
    const error = gitFailure(['ls-remote', 'x'], 'Host key verification failed.', { code: 128 })
    expect(error).toMatchObject({ code: 'UNDRIFT_E_AUTH', hint: expect.stringContaining('known_hosts') })
  })
})

describe('redact', () => {
  const secret = 'gh/p+tok en='
  it.each([
    ['raw', secret],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64 behind the user', Buffer.from(`x-access-token:${secret}`).toString('base64')],
    ['URL-encoded', encodeURIComponent(secret)],
  ])('masks a secret that is %s', (_, form) => {
    expect(redact(`a ${form} b`, [secret])).toBe('a *** b')
  })

  it('masks what it was not told of: passwords in URLs and authorization headers', () => {
    expect(redact('https://me:pw@host/x Authorization: Basic abc=')).toBe(
      'https://***@host/x Authorization: Basic ***',
    )
  })
})
