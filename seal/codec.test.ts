import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { afterAll, describe, expect, it } from 'vitest'
import { dataFolder } from '../config/data-folder.ts'
import { openAnswer } from '../domain/sealed.ts'
import { sealingCodec } from './codec.ts'
import { openKeyring, trustKey } from './keyring.ts'
import { keyId, parsePublic, publicWord, signingKey } from './keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'undrift-seal-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let count = 0

function machine() {
  count += 1
  return { data: dataFolder(join(folder, `${count}`)), env: {} }
}

const place = { type: 'workflow', namespace: 'default', workflowId: 'maintain/a/main/v1' } as const
const toPayload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) ?? {}

async function opened(codec: ReturnType<typeof sealingCodec>, payload: Payload, at: object = place) {
  const [decoded = {}] = await codec.decode([payload], at as typeof place)
  return defaultPayloadConverter.fromPayload<unknown>(decoded)
}

describe('the codec', () => {
  const here = machine()
  const codec = sealingCodec(openKeyring('installation', here), 'around')
  const sealed = async (value: unknown) => (await codec.encode([toPayload(value)], place))[0] ?? {}

  it.each([[{ a: 1 }], ['text'], [null], [[1, 2]], [undefined]])(
    'opens what it has signed: %j',
    async (value) => {
      const answer = openAnswer(await opened(codec, await sealed(value)), ['installation'])
      expect(answer).toEqual({ value: value ?? null })
    },
  )

  it.each([
    ['another workflow', { ...place, workflowId: 'maintain/b/main/v1' }],
    ['another namespace', { ...place, namespace: 'other' }],
    ['an activity', { ...place, type: 'activity', activityId: '1', isLocal: false }],
  ])('takes what was signed for a workflow as unsigned for %s', async (_, elsewhere) => {
    expect(
      openAnswer(await opened(codec, await sealed({ a: 1 }), elsewhere), ['installation']),
    ).toBeUndefined()
  })

  it('takes altered bytes, another encoding and another time as unsigned', async () => {
    const payload = await sealed({ a: 1 })
    const { metadata } = payload
    for (const altered of [
      { ...payload, data: Buffer.from('{"a":2}') },
      { ...payload, metadata: { ...metadata, encoding: Buffer.from('json/other') } },
      { ...payload, metadata: { ...metadata, 'undrift-at': Buffer.from('2099-01-01T00:00:00.000Z') } },
    ]) {
      expect(openAnswer(await opened(codec, altered), ['installation'])).toBeUndefined()
    }
  })

  it.each([
    ['nothing at all', {}],
    ['empty fields, as the SDK decodes them', { metadata: { encoding: [] }, data: [] }],
    ['no JSON', { ...toPayload({}), data: Buffer.from('{"~seal":') }],
    ['a verdict of its own', toPayload({ '~seal': { by: 'x', at: '9', kind: 'installation' }, value: 1 })],
    ['a short signature', signedWith(Buffer.from([1, 2, 3]))],
    ['an empty signature', signedWith([])],
  ])('never throws on what anybody can send, and trusts none of it: %s', async (_, payload) => {
    expect(openAnswer(await opened(codec, payload as Payload), ['installation'])).toBeUndefined()
  })

  function signedWith(signature: unknown): object {
    const { metadata, data } = toPayload({})
    const id = signingKey('installation', here).id
    const fields = {
      'undrift-signature': signature,
      'undrift-key': Buffer.from(id),
      'undrift-at': Buffer.from('x'),
    }
    return { data, metadata: { ...metadata, ...fields } }
  }
})

describe('another machine’s key', () => {
  it('counts from the moment at which it was trusted', async () => {
    const [here, there] = [machine(), machine()]
    const theirs = sealingCodec(openKeyring('installation', there), 'around')
    const ours = sealingCodec(openKeyring('installation', here), 'around')
    const [before = {}] = await theirs.encode([toPayload({ a: 1 })], place)
    expect(openAnswer(await opened(ours, before), ['installation'])).toBeUndefined()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const key = parsePublic(publicWord(signingKey('installation', there).public))
    if (key === null) throw new Error('The word is no key.')
    expect(trustKey(here.data, { kind: 'installation', key, note: '' })).toBe('added')
    expect(trustKey(here.data, { kind: 'installation', key, note: '' })).toBe('known')
    await new Promise((resolve) => setTimeout(resolve, 5))
    const [after = {}] = await theirs.encode([toPayload({ a: 1 })], place)
    expect(openAnswer(await opened(ours, after), ['installation'])).toEqual({ value: { a: 1 } })
    // What a workflow took for unsigned stays so, however often its history is replayed.
    expect(openAnswer(await opened(ours, before), ['installation'])).toBeUndefined()
  })

  it('of a verify worker is good for answers of checks only', async () => {
    const here = machine()
    const verify = sealingCodec(openKeyring('verify', here), 'around')
    const control = sealingCodec(openKeyring('installation', here), 'around')
    const [answer = {}] = await verify.encode([toPayload({ a: 1 })], place)
    const value = await opened(control, answer)
    expect(openAnswer(value, ['installation'])).toBeUndefined()
    expect(openAnswer(value, ['installation', 'verify'])).toEqual({ value: { a: 1 } })
  })

  it('is refused where others can read it', () => {
    const here = machine()
    signingKey('installation', here)
    chmodSync(`${here.data.root}/keys/installation.pem`, 0o644)
    expect(() => signingKey('installation', here)).toThrow('can be read by others')
  })

  it('may come from the environment, and then lies nowhere', () => {
    const [first, second] = [machine(), machine()]
    const { id } = signingKey('installation', first)
    const pem = readFileSync(`${first.data.root}/keys/installation.pem`, 'utf8')
    const named = signingKey('installation', { ...second, env: { UNDRIFT_KEY: pem } })
    expect([named.id, keyId(named.public)]).toEqual([id, id])
    expect(existsSync(`${second.data.root}/keys/installation.pem`)).toBe(false)
    expect(() => signingKey('installation', { ...second, env: { UNDRIFT_KEY: 'secret words' } })).toThrow(
      /^UNDRIFT_KEY holds no Ed25519 private key in PEM\.$/,
    )
  })
})
