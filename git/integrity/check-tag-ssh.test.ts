import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignerKey } from '../../domain/settings.ts'
import { openMirror } from '../mirror/mirror.ts'
import { makeFolder, makeRepo, openRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { checkTagSignature, keyName } from './check-tag.ts'
import { makeSshKey, missingProgram, onlyGit, type TestKey } from './testing.ts'

const missing = missingProgram('ssh-keygen')

describe.skipIf(missing !== null)(`SSH signatures${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let folder: TestFolder
  let repo: TestRepo
  let mirror: Mirror
  let ada: TestKey
  let eve: TestKey
  beforeAll(async () => {
    folder = makeFolder()
    ada = makeSshKey(join(folder.path, 'keys'), 'ada@example.org')
    eve = makeSshKey(join(folder.path, 'keys'), 'eve@example.org')
    mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
    repo = makeRepo(join(folder.path, 'upstream'))
    repo.commit('one', { file: '1' })
  })
  afterAll(() => folder?.remove())

  function check(tag: string, keys: readonly SignerKey[]) {
    openRepo(mirror.path).git('fetch', '-q', repo.dir, `+refs/tags/${tag}:refs/upstream/tags/${tag}`)
    return checkTagSignature(mirror, { tag, tagObject: repo.oid(tag) }, keys)
  }

  /** Puts another body under a tag, as somebody with write access could. */
  function rewrite(tag: string, change: (body: string) => string): void {
    repo.write({ '../rewritten': `${change(repo.git('cat-file', 'tag', tag))}\n` })
    const oid = repo.git('hash-object', '-t', 'tag', '-w', join(folder.path, 'rewritten'))
    repo.git('update-ref', `refs/tags/${tag}`, oid)
  }

  it('takes a tag that a named key signed, and names it', async () => {
    repo.git(...ada.flags, 'tag', '-s', '-m', 'one', 'v1')
    const good = await check('v1', [eve.key, ada.key])
    expect(good).toMatchObject({ kind: 'good', signer: { name: keyName(ada.key) } })
    expect(good.kind === 'good' && good.signer.id).toMatch(/^ssh:SHA256:[\w+/]{43}$/)
    expect(keyName(ada.key)).toContain('(ada@example.org)')
  })

  it('refuses a key that is not named, and names it', async () => {
    repo.git(...eve.flags, 'tag', '-s', '-m', 'two', 'v2')
    const refused = await check('v2', [ada.key])
    const fingerprint = keyName(eve.key).split(' ')[2]
    expect(refused).toEqual({
      kind: 'refused',
      reason: `It is signed with the ED25519 key ${fingerprint}, which is not among the named keys.`,
    })
    expect(await check('v2', [])).toMatchObject({ kind: 'refused' })
  })

  it('refuses a signature over another text, for another purpose, or that is none', async () => {
    repo.git(...ada.flags, 'tag', '-s', '-m', 'three', 'v3')
    rewrite('v3', (body) => body.replace('\nthree\n', '\nthree, trust me\n'))
    const unfit = { kind: 'refused', reason: expect.stringContaining('does not fit') }
    expect(await check('v3', [ada.key])).toMatchObject(unfit)
    repo.git(...ada.flags, 'tag', '-s', '-m', 'four', 'v4')
    rewrite('v4', (body) => body.replace(/(?<=BEGIN SSH SIGNATURE-----\n)[^-]+/, 'U1NIU0lH\n'))
    expect(await check('v4', [ada.key])).toMatchObject(unfit)
    repo.git('tag', '-a', '-m', 'five', 'v5')
    rewrite('v5', (body) => `${body}\n-----BEGIN SIGNED MESSAGE-----\nMA==\n-----END SIGNED MESSAGE-----`)
    expect(await check('v5', [ada.key])).toMatchObject({ reason: expect.stringContaining('X.509') })
  })

  it('never passes where ssh-keygen is missing', async () => {
    const before = process.env.PATH
    process.env.PATH = onlyGit(join(folder.path, 'bin'))
    try {
      const release = { tag: 'v1', tagObject: repo.oid('v1') }
      const check = await checkTagSignature(mirror, release, [ada.key])
      expect(check).toEqual({ kind: 'tool-missing', program: 'ssh-keygen' })
    } finally {
      process.env.PATH = before
    }
  })
})
