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

  const token = 'ghp_4tNq/81x+ZsUv0Lk'
  const back = (text: string) => [...text].reverse().join('')
  const hex = Buffer.from(token).toString('hex')
  const wrapped = (text: string, every: number, by: string) =>
    text.replace(new RegExp(`(.{${every}})(?=.)`, 'gs'), `$1${by}`)
  it.each([
    ['in hexadecimal digits', hex],
    ['in capitals of them', hex.toUpperCase()],
    ['as a dump of bytes', wrapped(hex, 2, ' ')],
    ['as a dump with colons', wrapped(hex, 2, ':')],
    ['as escapes', hex.replace(/../g, '\\x$&')],
    ['percent-encoded letter by letter', hex.replace(/../g, '%$&')],
    ['backwards', back(token)],
    ['backwards in base64', back(Buffer.from(token).toString('base64'))],
    ['in base64 of it backwards', Buffer.from(back(token)).toString('base64')],
    ['backwards in hexadecimal digits', back(hex)],
    ['over two lines', wrapped(token, 9, '\n')],
    ['over many lines of a remote', wrapped(token, 4, '\nremote: ')],
    ['letter by letter', wrapped(token, 1, ' ')],
    ['in base64 that is wrapped', wrapped(Buffer.from(token).toString('base64'), 8, '\r\n  ')],
    ['in base64 for URLs', Buffer.from(token).toString('base64url')],
    ['in base64 behind another user', Buffer.from(`git:${token}`).toString('base64')],
    ['in base64 between other things', Buffer.from(`{"token":"${token}","a":1}`).toString('base64')],
  ])('masks a secret that stands %s', (_, form) => {
    const clean = redact(`remote: before ${form} after`, [token])
    expect(clean).toMatch(/^remote: before .*\*\*\*.* after$/s)
    const letters = (text: string) => text.replace(/remote: |[^a-z0-9]/gi, '').toLowerCase()
    // At most the ends of a larger word stay, in which other letters than the secret's are mixed.
    expect(letters(clean).length).toBeLessThanOrEqual('beforeafter'.length + letters(form).length / 1.5)
    const middle = letters(form).length / 2
    expect(letters(clean)).not.toContain(letters(form).slice(middle - 4, middle + 4))
  })

  it('leaves honest words alone, and is not held up by a long text', () => {
    const text = 'remote: error: GH006: Protected branch update failed for refs/heads/main.\n'.repeat(20_000)
    const startedAt = performance.now()
    expect(redact(text, [token])).toBe(text)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it('masks a short secret where it stands as it is', () => {
    expect(redact('pin 4711, and 4 7 1 1', ['4711'])).toBe('pin ***, and 4 7 1 1')
  })

  it('masks what it was not told of: passwords in URLs and authorization headers', () => {
    expect(redact('https://me:pw@host/x Authorization: Basic abc=')).toBe(
      'https://***@host/x Authorization: Basic ***',
    )
  })
})
