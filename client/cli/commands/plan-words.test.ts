import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DecisionName, Outcome } from '../../../domain/attempt.ts'
import { recordAttempt } from '../../../git/index.ts'
import { inQuarantine, migrate } from '../../../git/objects/quarantine.ts'
import { writeResolution } from '../../../git/resolutions/resolutions.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

let folder: TestFolder
let repo: TestRepo

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
})
afterEach(() => folder.remove())

/** What an earlier attempt of the line left in its ledger. */
async function say(outcome: Outcome, word: { drop: string[] } | { keep: string[] }): Promise<void> {
  const at = '2026-05-04T03:02:01.000Z'
  const name: DecisionName = 'resume'
  const mirror = { path: `${folder.path}/data/mirrors/demo.git`, signal: null }
  await recordAttempt(mirror, {
    ...{ attempt: 'maintain/mine/main/v1.1.0', fork: 'mine', line: 'main', tag: 'v1.1.0', outcome, at },
    ...{ reason: 'Done.', base: null, onto: repo.oid('v1.1.0'), stackHead: null, head: null, tree: null },
    ...{ patches: [], checks: [], resolutions: [], candidates: [] },
    decisions: [{ name, by: 'ada', at, ...word }],
  })
}

it('plans a fork of the config with what persons said of its patches before, as an attempt does', async () => {
  const added = 'function limit(value) {\n  return Math.min(value, 30)\n}\n'
  repo.commit('start', { 'a.txt': numberedLines(30), 'b.txt': 'b\n' })
  repo.git('checkout', '-q', '-b', 'fork')
  repo.commit('ours', { 'a.txt': numberedLines(30, { 3: 'ours' }) })
  const limit = repo.commit('Add a limit', { 'b.txt': `b\n${added}` })
  repo.git('checkout', '-q', 'main')
  repo.commit('Add a limit (#7)', { 'b.txt': `${added.replace('30', '60')}b\n` })
  repo.git('tag', 'v1.1.0')
  repo.commit('more', { 'c.txt': 'c\n' })
  repo.git('tag', 'v1.2.0')
  const config = `upstreams:
  demo: { git: ${repo.dir}, feed: https://example.org/releases.atom, tags: { prefix: v } }
forks:
  mine: { upstream: demo, remotes: { origin: ${repo.dir} }, branch: fork, verify: [] }
`
  writeFileSync(`${folder.path}/undrift.yaml`, config)
  const mirror = `${folder.path}/data/mirrors/demo.git`
  repo.git('init', '-q', '--bare', mirror)
  repo.git('push', '-q', mirror, 'v1.1.0:refs/upstream/tags/v1.1.0', 'v1.2.0:refs/upstream/tags/v1.2.0')
  repo.git('push', '-q', mirror, 'fork:refs/fork/mine/origin/heads/fork')
  const planned = async () => {
    const argv = ['plan', 'mine', '--data', `${folder.path}/data`, '--json']
    const { code, out } = await runHere(argv, { cwd: folder.path, env: { PATH: process.env.PATH } })
    const { result, patches } = JSON.parse(out)
    return [code, result.kind, patches[1].verdict, patches[1].suggestion?.kind ?? null]
  }
  expect(await planned()).toEqual([3, 'question', 'context-only', 'landed-with-changes'])
  // An attempt that was given up takes its words along, and so does a word on a patch that is no longer there.
  await say('failed', { drop: [limit] })
  await say('changed', { drop: ['1'.repeat(40)] })
  expect(await planned()).toEqual([3, 'question', 'context-only', 'landed-with-changes'])
  await say('changed', { keep: [limit] })
  expect(await planned()).toEqual([0, 'done', 'context-only', null])
  await say('changed', { drop: [limit] })
  expect(await planned()).toEqual([0, 'done', 'dropped', null])
})

it('plans with what other machines published of the line, where the config publishes it', async () => {
  repo.commit('start', { 'a.txt': numberedLines(30) })
  repo.git('checkout', '-q', '-b', 'fork')
  repo.commit('ours', { 'a.txt': numberedLines(30, { 3: 'ours' }) })
  repo.git('checkout', '-q', 'main')
  repo.commit('theirs', { 'a.txt': numberedLines(30, { 3: 'theirs' }) })
  repo.git('tag', 'v1.1.0')
  writeFileSync(`${folder.path}/settled`, numberedLines(30, { 3: 'both' }))
  const settled = repo.git('hash-object', '-w', `${folder.path}/settled`)
  const side = (oid: string) => ({ mode: '100644', oid })
  const [base, ours, theirs] = ['main~1', 'main', 'fork'].map((rev) => side(repo.oid(`${rev}:a.txt`)))
  const elsewhere = { path: `${repo.dir}/.git`, signal: null }
  const { oid, key } = await inQuarantine(elsewhere, async (quarantine) => {
    const written = await writeResolution(quarantine, {
      ...{ by: 'ada', at: '2026-05-04T03:02:01.000Z', attempt: null, more: [] },
      patch: { oid: repo.oid('fork'), subject: 'ours' },
      paths: [
        {
          path: 'a.txt',
          kind: 'content',
          base: base ?? null,
          ours: ours ?? null,
          theirs: theirs ?? null,
          settled: side(settled),
        },
      ],
    })
    await migrate(quarantine, [written.oid], [])
    return written
  })
  repo.git('update-ref', `refs/undrift/resolutions/${key}`, oid)
  const planned = async (ledger: boolean) => {
    writeFileSync(
      `${folder.path}/undrift.yaml`,
      `upstreams:
  demo: { git: ${repo.dir}, feed: https://example.org/releases.atom, tags: { prefix: v } }
forks:
  mine: { upstream: demo, remotes: { origin: ${repo.dir} }, branch: fork, verify: [], publish: { ledger: ${ledger} } }
`,
    )
    const argv = ['plan', 'mine', '--data', `${folder.path}/data`, '--json']
    const { code, out } = await runHere(argv, { cwd: folder.path, env: { PATH: process.env.PATH } })
    return [code, JSON.parse(out).patches[0].verdict]
  }
  expect(await planned(false)).toEqual([3, 'conflict'])
  expect(await planned(true)).toEqual([0, 'reused'])
})

it('says of a release that is older than what the fork stands on that an attempt leaves it out', async () => {
  repo.commit('start', { 'a.txt': numberedLines(30) })
  repo.git('tag', 'v1.0.0')
  repo.commit('more', { 'b.txt': 'b\n' })
  repo.git('tag', 'v1.1.0')
  repo.git('checkout', '-q', '-b', 'fork')
  repo.commit('ours', { 'c.txt': 'c\n' })
  writeFileSync(
    `${folder.path}/undrift.yaml`,
    `upstreams:
  demo: { git: ${repo.dir}, feed: https://example.org/releases.atom, tags: { prefix: v } }
forks:
  mine: { upstream: demo, remotes: { origin: ${repo.dir} }, branch: fork, verify: [] }
`,
  )
  const planned = (tag: string) =>
    runHere(['plan', 'mine', tag, '--data', `${folder.path}/data`], {
      cwd: folder.path,
      env: { PATH: process.env.PATH },
    })
  expect(await planned('v1.0.0')).toMatchObject({
    code: 0,
    err: 'v1.0.0 is older than v1.1.0, which fork stands on already: an attempt leaves it out.\n',
  })
  expect(await planned('v1.1.0')).toMatchObject({ code: 0, err: '' })
})
