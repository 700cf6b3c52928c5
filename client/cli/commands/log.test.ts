import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LedgerEntry, openMirror, recordAttempt } from '../../../git/index.ts'
import { makeFolder } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

const folder = makeFolder()
const data = join(folder.path, 'data')
const id = (digit: string) => digit.repeat(40)

function patch(oid: string, newOid: string | null, more: Partial<LedgerEntry['patches'][number]> = {}) {
  const to = newOid === null ? null : id(newOid)
  return {
    oid: id(oid),
    subject: 'Greet in French',
    verdict: 'merged' as const,
    newOid: to,
    reason: 'x',
    ...more,
  }
}

function entry(tag: string, change: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    fork: 'mine',
    line: 'main',
    attempt: `maintain/mine/main/${tag}`,
    tag,
    outcome: 'changed',
    reason: 'The stack was moved.',
    at: `2026-05-0${tag.slice(1)}T03:02:01.000Z`,
    base: id('a'),
    onto: id('b'),
    stackHead: id('c'),
    head: id('d'),
    tree: id('e'),
    patches: [],
    checks: [],
    resolutions: [],
    candidates: [
      { ref: `refs/heads/undrift/candidate/${tag}`, remote: 'origin', sha: id('d'), pushed: true },
    ],
    decisions: [],
    ...change,
  }
}

const other = { subject: 'Read the\u001b[2J colour', verdict: 'unchanged' as const }
beforeAll(async () => {
  const up = await openMirror({ path: join(data, 'mirrors', 'up.git') })
  const second = await openMirror({ path: join(data, 'mirrors', 'second.git') })
  await recordAttempt(up, entry('v1', { patches: [patch('1', '2'), patch('7', '8', other)] }))
  await recordAttempt(up, entry('v2', { patches: [patch('2', '3'), patch('8', '9', other)] }))
  const abandoned = { outcome: 'failed', reason: 'Given up by ada.', candidates: [] } as const
  const open = [patch('3', null, { verdict: 'conflict' }), patch('9', null, { ...other, verdict: null })]
  await recordAttempt(up, entry('v4', { ...abandoned, patches: open }))
  await recordAttempt(up, entry('v3', { line: 'lts-1', patches: [patch('6', null, { verdict: 'landed' })] }))
  await recordAttempt(second, entry('v5', { fork: 'theirs', outcome: 'completed', candidates: [] }))
})
afterAll(() => folder.remove())

function run(...argv: readonly string[]) {
  return runHere(['log', '--data', data, ...argv], { cwd: folder.path })
}

async function entries(...argv: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const ran = await run('--json', ...argv)
  expect(ran).toMatchObject({ code: 0, err: '' })
  const answer = JSON.parse(ran.out)
  expect(answer.version).toBe(1)
  return answer.entries
}

async function tags(...argv: readonly string[]) {
  return (await entries(...argv)).map(({ tag }) => tag)
}

describe('log', () => {
  it('shows what every mirror of the data folder recorded, the newest first, without a server or a config', async () => {
    expect(await tags()).toEqual(['v5', 'v4', 'v3', 'v2', 'v1'])
    expect(await tags('--limit', '2')).toEqual(['v5', 'v4'])
    expect((await entries('mine', '--limit', '1'))[0]).toMatchObject({
      attempt: 'maintain/mine/main/v4',
      outcome: 'failed',
      reason: 'Given up by ada.',
      verdicts: { conflict: 1 },
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
  })

  it('shows a person a line each, and why where there is no candidate', async () => {
    expect((await run()).out).toMatchInlineSnapshot(`
      "2026-05-05 03:02  theirs@v5      completed
        The stack was moved.
      2026-05-04 03:02  mine@v4        failed                 1 conflict
        Given up by ada.
      2026-05-03 03:02  mine/lts-1@v3  changed    dddddddddd  1 landed
      2026-05-02 03:02  mine@v2        changed    dddddddddd  1 merged, 1 unchanged
      2026-05-01 03:02  mine@v1        changed    dddddddddd  1 merged, 1 unchanged
      "
    `)
  })

  it('takes one fork, and one line of it', async () => {
    expect(await tags('mine')).toEqual(['v4', 'v3', 'v2', 'v1'])
    expect(await tags('mine', '--line', 'lts-1')).toEqual(['v3'])
    expect(await tags('--line', 'main')).toEqual(['v5', 'v4', 'v2', 'v1'])
  })

  it('follows one patch over the releases, by any of its commits or a part of its subject', async () => {
    for (const word of ['1111', '222222', id('3')]) {
      expect(await tags('--patch', word)).toEqual(['v4', 'v2', 'v1'])
    }
    expect(await tags('--patch', 'french')).toEqual(['v4', 'v3', 'v2', 'v1'])
    expect(await tags('mine', '--line', 'lts-1', '--patch', 'Greet in French')).toEqual(['v3'])
    expect(await tags('--patch', '1111', '--limit', '1')).toEqual(['v4'])
    expect((await entries('--patch', '1111'))[1]).toMatchObject({
      patches: [{ oid: id('2'), newOid: id('3'), verdict: 'merged' }],
      verdicts: { merged: 1 },
    })
    expect((await run('--patch', 'colour')).out).toMatchInlineSnapshot(`
      "Read the colour
      2026-05-04 03:02  mine@v4  not yet    9999999999 → nothing     x
      2026-05-02 03:02  mine@v2  unchanged  8888888888 → 9999999999  x
      2026-05-01 03:02  mine@v1  unchanged  7777777777 → 8888888888  x
      "
    `)
  })

  it('is empty where nothing was recorded, and makes nothing there', async () => {
    const none = join(folder.path, 'none')
    const ran = await runHere(['log', '--data', none, '--json'], { cwd: folder.path })
    expect([ran.code, JSON.parse(ran.out)]).toEqual([0, { version: 1, entries: [] }])
    expect(existsSync(none)).toBe(false)
  })

  it.each([
    [['ours'], 'No attempt of the fork `ours` is recorded here.'],
    [['mine', '--line', 'lts-2'], 'the fork `mine` and the line `lts-2`'],
    [['--limit', '0'], '--limit takes a number'],
    [['--limit', '1e3'], '--limit takes a number'],
    [['--patch', ''], '--patch is empty'],
    [['--patch', 'nothing like it'], 'No recorded attempt has a patch'],
    [['--patch', 're'], 'fits several patches'],
  ])('ends with 2 for %j', async (argv, words) => {
    const ran = await run('--json', ...argv)
    expect([ran.code, JSON.parse(ran.out).error.message]).toEqual([2, expect.stringContaining(words)])
  })
})

describe('log --fetch', () => {
  const elsewhere = join(folder.path, 'elsewhere')
  const write = (ledger: boolean) =>
    writeFileSync(
      join(folder.path, 'undrift.yaml'),
      `upstreams: { up: { git: 'https://up.example/up.git', feed: 'https://up.example/feed' } }
forks:
  mine:
    upstream: up
    remotes: { origin: ${join(data, 'mirrors', 'up.git')} }
    branch: main
    verify: []
    publish: { ledger: ${ledger} }
`,
    )
  const look = (...argv: readonly string[]) =>
    runHere(['log', 'mine', '--data', elsewhere, ...argv], {
      cwd: folder.path,
      env: { PATH: process.env.PATH },
    })

  it('takes in what another machine published, on a machine that never made an attempt', async () => {
    write(true)
    expect(await look()).toMatchObject({ code: 2, err: expect.stringContaining('`--fetch`') })
    const ran = await look('--fetch', '--json')
    expect(ran).toMatchObject({ code: 0, err: '' })
    const tags = (out: string) => JSON.parse(out).entries.map(({ tag }: { tag: string }) => tag)
    expect(tags(ran.out)).toEqual(['v4', 'v2', 'v1'])
    expect(tags((await look('--json')).out)).toEqual(['v4', 'v2', 'v1'])
  })

  it('says so where nothing is published', async () => {
    write(false)
    expect(await look('--fetch')).toMatchObject({
      code: 2,
      err: expect.stringContaining('publishes the ledger of no'),
    })
  })
})
