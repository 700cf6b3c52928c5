import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSignature, webhookSecretProblem } from './signature.ts'

const now = 1_614_265_330_000

function check(headers: IncomingHttpHeaders, body: string, secret: string) {
  return checkSignature({ headers, body: Buffer.from(body) }, { secret, now })
}

function hex(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}

describe('a signature of', () => {
  it('GitHub is the one of its own documentation', () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const headers = { 'x-hub-signature-256': signature }
    expect(check(headers, 'Hello, World!', "It's a Secret to Everybody")).toBe('valid')
    expect(check(headers, 'Hello, World! ', "It's a Secret to Everybody")).toBe('wrong')
    expect(check(headers, 'Hello, World!', "It's a secret to Everybody")).toBe('wrong')
  })

  it('Forgejo and Gitea is the bare digest, beside the one that GitHub has', () => {
    const digest = hex('{}', 's')
    const all = {
      'x-forgejo-signature': digest,
      'x-gitea-signature': digest,
      'x-hub-signature-256': `sha256=${digest}`,
    }
    for (const names of [Object.keys(all), ['x-gitea-signature'], ['x-forgejo-signature']]) {
      const headers = Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
      expect(check(headers, '{}', 's')).toBe('valid')
    }
    expect(check({ ...all, 'x-gitea-signature': hex('{} ', 's') }, '{}', 's')).toBe('wrong')
  })

  it('GitLab is its secret token as it is', () => {
    expect(check({ 'x-gitlab-token': 'a token' }, '{}', 'a token')).toBe('valid')
    expect(check({ 'x-gitlab-token': 'a toke' }, '{}', 'a token')).toBe('wrong')
    expect(check({ 'x-gitlab-token': '' }, '{}', 'a token')).toBe('wrong')
  })

  describe('GitLab with a signing token', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const body = '{"test": 2432232314}'
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
    const signed = (time: string, more: string = body) =>
      createHmac('sha256', Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'))
        .update(`${id}.${time}.${more}`)
        .digest('base64')
    const headers = (time: string, signature = `v1,${signed(time)}`) => ({
      'webhook-id': id,
      'webhook-timestamp': time,
      'webhook-signature': signature,
    })

    it('is the one of the Standard Webhooks', () => {
      const vector = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
      expect(check(headers('1614265330', vector), body, secret)).toBe('valid')
    })

    it('is one of several, while the token is changed', () => {
      const several = `v1,${Buffer.alloc(32).toString('base64')} v1,${signed('1614265330')}`
      expect(check(headers('1614265330', several), body, secret)).toBe('valid')
    })

    it('holds for this body, this id and this time', () => {
      expect(check(headers('1614265330'), `${body} `, secret)).toBe('wrong')
      expect(check({ ...headers('1614265330'), 'webhook-id': 'msg_2' }, body, secret)).toBe('wrong')
      const later = { ...headers('1614265330'), 'webhook-timestamp': '1614265331' }
      expect(check(later, body, secret)).toBe('wrong')
      expect(check(headers('1614265330', ''), body, secret)).toBe('wrong')
      expect(check({ ...headers('1614265330'), 'webhook-id': undefined }, body, secret)).toBe('missing')
    })

    it.each([
      ['1614265030', 'valid'],
      ['1614265630', 'valid'],
      ['1614265029', 'stale'],
      ['1614265631', 'stale'],
      ['1614178930', 'stale'],
      ['0x603', 'stale'],
    ])('of the time %s is %s', (time, verdict) => {
      expect(check(headers(time), body, secret)).toBe(verdict)
    })

    it('is not saved by a token that comes along', () => {
      expect(check({ ...headers('1614265330', 'v1,x'), 'x-gitlab-token': secret }, body, secret)).toBe(
        'wrong',
      )
    })
  })
})

it('is demanded', () => {
  expect(check({}, '{}', 's')).toBe('missing')
  expect(check({ 'x-hub-signature': `sha1=${'0'.repeat(40)}` }, '{}', 's')).toBe('missing')
})

it('is never valid by chance, whatever stands in the headers', () => {
  const names = ['x-hub-signature-256', 'x-forgejo-signature', 'x-gitea-signature', 'x-gitlab-token']
  const signed = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  const headers = fc.dictionary(fc.constantFrom(...names, ...signed), fc.string())
  const secrets = fc.constantFrom('secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  fc.assert(
    fc.property(headers, fc.string(), secrets, (carried, body, secret) => {
      fc.pre(!Object.values(carried).includes(secret))
      expect(check(carried, body, secret)).not.toBe('valid')
    }),
  )
})

it.each([
  ['', 'is not set'],
  ['whsec_', 'begins like a signing token, but holds no key'],
  ['whsec_c2hvcnQ=', 'begins like a signing token, but holds no key'],
  ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', null],
  ['anything', null],
])('takes no secret that would let anybody sign: %j', (secret, problem) => {
  expect(webhookSecretProblem(secret)).toBe(problem)
})
