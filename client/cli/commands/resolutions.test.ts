import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Mirror, openMirror } from '../../../git/index.ts'
import { runGit } from '../../../git/process/command.ts'
import { keepResolution, writeResolution } from '../../../git/resolutions/resolutions.ts'
import { makeFolder, type TestFolder } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

let folder: TestFolder
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  mirror = await openMirror({ path: join(folder.path, 'data', 'mirrors', 'up.git') })
})
afterEach(() => folder.remove())

async function blob(content: string) {
  const result = await runGit(mirror, ['hash-object', '-w', '--stdin'], { stdin: content })
  return { mode: '100644', oid: result.stdout.toString().trim() }
}

/** Remembers how a conflict in one file was settled; answers its key. */
async function remember(path: string, change: { readonly by?: string; readonly at?: string } = {}) {
  const sides = { base: await blob('base'), ours: await blob(path), theirs: await blob('theirs') }
  const settled = await blob(`settled ${path}`)
  const { oid, key } = await writeResolution(mirror, {
    by: 'Grace',
    at: '2026-05-04T03:02:01.000Z',
    attempt: 'maintain/mine/main/v1',
    patch: { oid: 'a'.repeat(40), subject: 'Greet in French' },
    paths: [{ path: Buffer.from(path).toString('latin1'), kind: 'content', ...sides, settled }],
    more: [{ path: 'other.txt', before: null, after: settled }],
    ...change,
  })
  await keepResolution(mirror, key, oid)
  return { key, oid, settled, ...sides }
}

function run(...argv: readonly string[]) {
  const env = { UNDRIFT_USER: 'fay' }
  return runHere(['resolutions', ...argv, '--data', join(folder.path, 'data')], { cwd: folder.path, env })
}

async function json(...argv: readonly string[]) {
  const ran = await run(...argv, '--json')
  expect(ran).toMatchObject({ code: 0, err: '' })
  return JSON.parse(ran.out)
}

describe('resolutions', () => {
  it('lists who settled what, when and where, the newest first', async () => {
    const one = await remember('src/größe.ts')
    const two = await remember('b', { by: 'Ada\u001b[2J', at: '2026-06-01T00:00:00.000Z' })
    const listed = await json('list')
    expect(listed).toEqual(await json())
    expect(listed).toEqual({
      version: 1,
      resolutions: [
        expect.objectContaining({ key: two.key, by: 'Ada\u001b[2J' }),
        {
          key: one.key,
          upstream: 'up',
          oid: one.oid,
          by: 'Grace',
          at: '2026-05-04T03:02:01.000Z',
          attempt: 'maintain/mine/main/v1',
          patch: { oid: 'a'.repeat(40), subject: 'Greet in French' },
          paths: [{ path: 'src/größe.ts', kind: 'content' }],
        },
      ],
    })
    const shown = (await run()).out
    expect(shown).toContain(one.key.slice(0, 12))
    expect(shown).toMatch(/Greet in French +src\/größe\.ts\n$/)
    expect(shown).not.toContain('\u001b')
  })

  it('shows one by the beginning of its key, with what each path came to and the command that reads it', async () => {
    const { key, oid, settled, base, ours, theirs } = await remember('a')
    const shown = await json('show', key.slice(0, 8).toUpperCase())
    expect(shown).toMatchObject({
      version: 1,
      key,
      oid,
      paths: [{ path: 'a', kind: 'content', base, ours, theirs, settled }],
      more: [{ path: 'other.txt', before: null, after: settled }],
    })
    const { out } = await run('show', key)
    expect(out).toContain(`git --git-dir ${mirror.path} show ${oid.slice(0, 12)}`)
    expect(out).toContain(`undrift resolutions revoke ${key.slice(0, 12)}`)
  })

  it('revokes one, and says who did', async () => {
    const { key } = await remember('a')
    expect(await json('revoke', key.slice(0, 12))).toMatchObject({ key, revoked: true, by: 'fay' })
    expect(await json()).toEqual({ version: 1, resolutions: [] })
    expect((await run('revoke', key)).code).toBe(2)
    const named = ['log', '-1', '--format=%an', `refs/undrift/revoked/${key}`]
    expect((await runGit(mirror, named)).stdout.toString()).toBe('fay\n')
  })

  it('ends with 2 for a beginning that several keys have', async () => {
    const beginnings = new Set<string>()
    for (let index = 0; ; index += 1) {
      const beginning = (await remember(`${index}`)).key[0] ?? ''
      if (!beginnings.has(beginning)) {
        beginnings.add(beginning)
        continue
      }
      const ran = await run('revoke', beginning, '--json')
      expect([ran.code, JSON.parse(ran.out).error.message]).toEqual([2, expect.stringContaining('2 keys')])
      break
    }
  })

  it.each([
    [['drop'], 'There is no `resolutions drop`'],
    [['list', 'abc'], '`list` takes no key'],
    [['show'], 'needs the key'],
    [['show', ''], 'The argument key is empty.'],
    [['revoke', 'beef'], 'No resolution has a key'],
  ])('ends with 2 for %j', async (argv, words) => {
    const ran = await run(...argv, '--json')
    expect([ran.code, JSON.parse(ran.out).error.message]).toEqual([2, expect.stringContaining(words)])
  })

  it('makes no data folder where there is none', async () => {
    const none = join(folder.path, 'none')
    const ran = await runHere(['resolutions', '--data', none], { cwd: folder.path })
    expect(ran).toMatchObject({ code: 0, out: 'No resolution is remembered.\n' })
    expect(existsSync(none)).toBe(false)
  })
})
