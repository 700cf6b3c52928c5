import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignerKey } from '../../domain/settings.ts'
import { openMirror } from '../mirror/mirror.ts'
import { makeFolder, makeRepo, openRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { checkTagSignature } from './check-tag.ts'
import { makeKeyring, missingProgram, onlyGit, type TestKey, type TestKeyring } from './testing.ts'

const missing = missingProgram('gpg')

describe.skipIf(missing !== null)(`GPG signatures${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let folder: TestFolder
  let keyring: TestKeyring
  let repo: TestRepo
  let mirror: Mirror
  let ada: ReturnType<TestKeyring['make']>
  let eve: ReturnType<TestKeyring['make']>
  beforeAll(async () => {
    folder = makeFolder()
    keyring = makeKeyring()
    ada = keyring.make('Ada')
    eve = keyring.make('Eve')
    mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
    repo = makeRepo(join(folder.path, 'upstream'))
    repo.commit('one', { file: '1' })
  })
  afterAll(() => {
    keyring?.remove()
    folder?.remove()
  })

  function sign(tag: string, { flags }: Pick<TestKey, 'flags'>, ...more: string[]): void {
    repo.git(...flags, 'tag', '-s', '-m', tag, ...more, tag)
  }

  /** Brings a tag into the mirror as it is and checks it there. */
  function check(tag: string, keys: readonly SignerKey[], as = tag) {
    openRepo(mirror.path).git('fetch', '-q', repo.dir, `+refs/tags/${tag}:refs/upstream/tags/${as}`)
    return checkTagSignature(mirror, { tag: as, tagObject: repo.oid(tag) }, keys)
  }

  it('takes a tag that a named key signed, and names it', async () => {
    sign('v1', ada)
    expect(await check('v1', [eve.key, ada.key])).toEqual({
      kind: 'good',
      signer: { id: `gpg:${ada.fingerprint}`, name: `GPG key ${ada.fingerprint} (Ada <ada@example.org>)` },
    })
  })

  it('refuses a key that is not named, though it be good, and names it', async () => {
    sign('v2', eve)
    expect(await check('v2', [ada.key])).toEqual({
      kind: 'refused',
      reason: `It is signed with the key ${eve.fingerprint}, which is not among the named keys.`,
    })
    // The file of a named key may hold others: they are not named by that.
    const both = {
      ...ada.key,
      key: `${keyring.exported(ada.fingerprint)}${keyring.exported(eve.fingerprint)}`,
    }
    expect(await check('v2', [both as SignerKey])).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('Eve <eve@example.org>'),
    })
  })

  it('has nothing to take in a lightweight tag, nor in one without a signature', async () => {
    repo.git('tag', 'v3')
    repo.git('tag', '-a', '-m', 'three', 'v3.1')
    expect(await check('v3', [ada.key])).toMatchObject({
      kind: 'unsigned',
      reason: expect.stringContaining('lightweight'),
    })
    expect(await check('v3.1', [ada.key])).toMatchObject({ kind: 'unsigned' })
  })

  it('refuses a signature that was put on another text, and one of another tag', async () => {
    sign('v4', ada)
    const body = repo.git('cat-file', 'tag', 'v4')
    const forged = body.replace('\nv4\n', '\nv4, trust me\n')
    repo.write({ '../forged': `${forged}\n` })
    const oid = repo.git('hash-object', '-t', 'tag', '-w', join(folder.path, 'forged'))
    repo.git('update-ref', 'refs/tags/v4', oid)
    expect(await check('v4', [ada.key])).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('does not fit'),
    })
    sign('v4.1', ada)
    expect(await check('v4.1', [ada.key], 'v4.2')).toEqual({
      kind: 'refused',
      reason: 'The tag object calls itself v4.1: what was signed is another tag.',
    })
  })

  it('refuses an expired and a revoked key, and says which it is', async () => {
    const old = keyring.make('Old', 'seconds=2')
    sign('v5', old)
    const revoked = keyring.make('Rue')
    sign('v6', revoked)
    keyring.gpg('--import', revocation(revoked.fingerprint))
    const gone = { ...revoked.key, key: keyring.exported(revoked.fingerprint) } as SignerKey
    expect(await check('v6', [gone])).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('revoked'),
    })
    await expect
      .poll(() => check('v5', [old.key]), { timeout: 20_000 })
      .toMatchObject({ kind: 'refused', reason: expect.stringContaining('expired') })
  })

  /** The certificate that gpg makes with every key; a colon in front keeps it from being used by mistake. */
  function revocation(fingerprint: string): string {
    const made = readFileSync(join(keyring.home, 'openpgp-revocs.d', `${fingerprint}.rev`), 'utf8')
    const file = join(folder.path, 'revoked.asc')
    writeFileSync(file, made.replace(/^:-----/m, '-----'))
    return file
  }

  it('refuses a key file that does not hold the key that is named', async () => {
    const wrong = { ...ada.key, fingerprint: eve.fingerprint } as SignerKey
    expect(await check('v1', [wrong])).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('does not hold that key'),
    })
  })

  it('never passes where gpg is missing', async () => {
    const before = process.env.PATH
    process.env.PATH = onlyGit(join(folder.path, 'bin'))
    try {
      const release = { tag: 'v1', tagObject: repo.oid('v1') }
      expect(await checkTagSignature(mirror, release, [ada.key])).toEqual({
        kind: 'tool-missing',
        program: 'gpg',
      })
    } finally {
      process.env.PATH = before
    }
  })
})
