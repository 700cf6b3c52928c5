import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMirror, recordAttempt } from '../../git/index.ts'
import { runGit } from '../../git/process/command.ts'
import { keepResolution, writeResolution } from '../../git/resolutions/resolutions.ts'
import { makeFolder, makeRepo, numberedLines } from '../../git/testing.ts'
import { pipeSize, runIntoPipe } from './pipe-testing.ts'
import { runHere } from './testing.ts'

const folder = makeFolder()
const cwd = folder.path
const data = join(cwd, 'data')
afterAll(() => folder.remove())

beforeAll(async () => {
  writeFileSync(join(cwd, 'tags'), Array.from({ length: 3_000 }, (_, index) => `v1.${index}.0\n`).join(''))
  const upstreams = Array.from({ length: 900 }, (_, index) => `  up${index}: { git: none, feed: none }\n`)
  writeFileSync(join(cwd, 'wrong.yaml'), `upstreams:\n${upstreams.join('')}`)
  const sources = Array.from({ length: 900 }, (_, index) => ({
    ...{ id: `tool-${index}`, provider: 'github', event: 'release' },
    ...{ url: `https://github.com/example/tool-${index}/releases.atom` },
    repo: { owner: 'example', name: `tool-${index}`, fullName: `example/tool-${index}` },
  }))
  writeFileSync(join(cwd, 'sources.json'), JSON.stringify({ sources }))
  const repo = makeRepo(join(cwd, 'repo'))
  repo.commit('start', { 'a.txt': numberedLines(30) })
  repo.git('checkout', '-q', '-b', 'fork')
  const name = (index: number) => `${'a-folder-with-a-long-name'.repeat(4)}/${index}`
  repo.commit(
    'ours',
    Object.fromEntries(Array.from({ length: 900 }, (_, index) => [name(index), `${index}`])),
  )
  repo.git('checkout', '-q', 'main')
  repo.commit('theirs', { 'a.txt': numberedLines(30, { 5: 'theirs' }) })
  const mirror = await openMirror({ path: join(data, 'mirrors', 'up.git') })
  const blob = async (content: string) => {
    const { stdout } = await runGit(mirror, ['hash-object', '-w', '--stdin'], { stdin: content })
    return { mode: '100644', oid: stdout.toString().trim() }
  }
  const id = 'a'.repeat(40)
  const [base, ours, theirs, settled] = await Promise.all(['base', 'ours', 'theirs', 'settled'].map(blob))
  if (!base || !ours || !theirs || !settled) throw new Error('nothing was written')
  const paths = Array.from({ length: 900 }, (_, index) => ({
    ...{ path: `folder/with/a/long/name/to/fill/a/pipe/soon/${index}`, kind: 'content' as const },
    ...{ base, ours, theirs, settled },
  }))
  const { oid, key } = await writeResolution(mirror, {
    by: 'Grace',
    at: '2026-05-04T03:02:01.000Z',
    attempt: null,
    patch: { oid: id, subject: 'Greet' },
    paths,
    more: [],
  })
  await keepResolution(mirror, key, oid)
  await recordAttempt(mirror, {
    ...{ fork: 'mine', line: 'main', attempt: 'maintain/mine/main/v1', tag: 'v1', outcome: 'changed' },
    ...{
      reason: 'Moved.',
      at: '2026-05-04T03:02:01.000Z',
      base: id,
      onto: id,
      stackHead: id,
      head: id,
      tree: id,
    },
    patches: Array.from({ length: 600 }, (_, index) => ({
      ...{
        oid: id,
        subject: `Greet in language ${index}`,
        verdict: 'unchanged' as const,
        newOid: id,
        reason: 'x',
      },
    })),
    ...{ checks: [], resolutions: [], candidates: [], decisions: [] },
  })
}, 120_000)

const plan = ['plan', '--repo', 'repo', '--head', 'fork', '--onto', 'main']

describe('what is written into a pipe', () => {
  it.each([
    [['releases', '--tags', 'tags', '--prefix', 'v', '--json'], 0],
    [['releases', '--tags', 'tags', '--prefix', 'v'], 0],
    [[...plan, '--json'], 0],
    [['log', '--data', data, '--json'], 0],
    [['resolutions', '--data', data, '--json'], 0],
    [['validate', 'wrong.yaml', '--json'], 2],
    [['import', 'patchmoi', 'sources.json'], 0],
  ])('arrives whole at a reader that begins late: %j', async (argv, code) => {
    const whole = await runHere(argv, { cwd, env: { PATH: process.env.PATH } })
    expect(whole.out.length).toBeGreaterThan(pipeSize)
    const piped = await runIntoPipe(argv, { cwd })
    expect(piped.got.toString()).toBe(whole.out)
    expect([piped.code, whole.code]).toEqual([code, code])
  })

  it('arrives whole where it is an error, on stderr', async () => {
    const argv = ['plan', 'mine', '--config', 'wrong.yaml']
    const whole = await runHere(argv, { cwd })
    expect(whole.err.length).toBeGreaterThan(pipeSize)
    const piped = await runIntoPipe(argv, { cwd, stream: 2 })
    expect(piped.got.toString()).toBe(whole.err)
    expect(piped.code).toBe(2)
  })

  it('arrives whole at a reader that takes it piece by piece', async () => {
    const argv = ['releases', '--tags', 'tags', '--json']
    const reader = 'while dd bs=16384 count=1 2>/dev/null | grep -a .; do sleep 0.02; done | tr -d "\\n"'
    const whole = await runHere(argv, { cwd })
    const piped = await runIntoPipe(argv, { cwd, reader })
    expect(piped.got.toString()).toBe(whole.out.trim())
  })

  it.each([
    ['stdout', 'releases --tags tags --json'],
    ['stderr', 'plan mine --config wrong.yaml 2>&1'],
  ])('is quiet and ends when its reader has read enough: %s', async (_, words) => {
    const [argv, stream] = [words.replace(' 2>&1', '').split(' '), words.endsWith('1') ? 2 : 1] as const
    const piped = await runIntoPipe(argv, { cwd, stream, reader: 'head -c 100' })
    expect(piped.err).toBe('')
    expect(piped.got.length).toBe(100)
  })

  it('says that the disk is full instead of ending with 0', async () => {
    const piped = await runIntoPipe(['releases', '--tags', 'tags', '--json'], {
      cwd,
      stream: 2,
      reader: 'cat',
      into: '/dev/full',
    })
    expect(piped.code).toBe(1)
    expect(piped.got.toString()).toContain('error: The output could not be written')
  })
})
