import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { git, runGit } from '../process/command.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { RemoteAccess } from '../types.ts'
import { fetchUpstream } from './fetch.ts'
import { openMirror } from './mirror.ts'
import { contains } from './queries.ts'
import { listRefs, updateRefs } from './refs.ts'

let folder: TestFolder
let upstream: TestRepo
let access: RemoteAccess
beforeAll(() => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  for (let index = 0; index < 30; index += 1) {
    upstream.commit(`change ${index}`, { [`file ${index}`]: `${index}\n`.repeat(2_000 * (index % 5)) })
    upstream.git('tag', '-a', '-m', `release ${index}`, `v${index}`)
  }
  access = { remote: { name: 'origin', url: upstream.dir, token: null }, secret: null }
})
afterAll(() => folder.remove())

/** What a worker does all day, for ever: it fetches, moves refs in pairs, packs them and throws them away. */
const work = `
const [, path, access] = process.argv
const load = (name) => import(new URL(name, ${JSON.stringify(import.meta.url)}).href)
const [{ openMirror }, { fetchUpstream }, { listRefs, updateRefs }, { runGit }] =
  await Promise.all(['./mirror.ts', './fetch.ts', './refs.ts', '../process/command.ts'].map(load))
for (let round = 0; ; round += 1) {
  const mirror = await openMirror({ path })
  const fetched = await fetchUpstream(mirror, JSON.parse(access), { tag: 'v' + (round % 30) })
  const to = fetched.release.commit
  const now = new Map((await listRefs(mirror, 'refs/attempts')).map(({ ref, oid }) => [ref, oid]))
  const pair = ['refs/attempts/left', 'refs/attempts/right']
  await updateRefs(mirror, pair.map((ref) => ({ ref, to, expected: now.get(ref) ?? null })))
  await runGit(mirror, ['pack-refs', '--all'])
  const heads = await listRefs(mirror, 'refs/upstream/heads')
  await updateRefs(mirror, heads.map(({ ref, oid }) => ({ ref, to: null, expected: oid })))
}
`

function startWorker(path: string): ChildProcess {
  const argv = ['--input-type=module', '-e', work, '--', path, JSON.stringify(access)]
  return spawn(process.execPath, argv, { stdio: 'ignore' })
}

/** The git processes that work in a mirror: what is left of a worker that died. */
function gitProcesses(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`GIT_DIR=${path}\0`)
          ? [Number(name)]
          : []
      } catch {
        return []
      }
    })
}

describe.skipIf(!existsSync('/proc/self/environ'))(
  'a worker that is killed at any moment (needs /proc)',
  () => {
    it.each([
      ['alone, while its git goes on', 'worker'],
      ['with its git, as when a machine dies', 'all'],
    ])('leaves mirror and refs sound when it dies %s', { timeout: 300_000 }, async (_, victims) => {
      const path = join(folder.path, `${victims}.git`)
      for (let round = 0; round < 8; round += 1) {
        const worker = startWorker(path)
        const ended = once(worker, 'close')
        // The first rounds hit the making of the mirror and the first fetch, the others anything.
        await pause(250 + Math.random() * 150 * (round + 1))
        expect(worker.exitCode).toBeNull()
        worker.kill('SIGKILL')
        if (victims === 'all') for (const pid of gitProcesses(path)) endProcess(pid)
        await ended
        await expect.poll(() => gitProcesses(path), { timeout: 60_000 }).toEqual([])
        const mirror = await openMirror({ path })
        expect((await runGit(mirror, ['fsck', '--full', '--strict', '--no-dangling'])).code).toBe(0)
        const fetched = await fetchUpstream(mirror, access, { tag: 'v29' })
        expect(fetched).toMatchObject({ kind: 'ok', release: { commit: upstream.oid('HEAD') } })
        // Git moves the refs of one transaction one after the other: a kill may part them, but each is whole.
        for (const { peeled } of await listRefs(mirror, 'refs/attempts')) {
          expect(await contains(mirror, { ancestor: peeled, descendant: upstream.oid('HEAD') })).toBe(true)
        }
        const probe = { ref: 'refs/attempts/probe', to: upstream.oid('HEAD'), expected: null }
        expect(await updateRefs(mirror, [probe])).toEqual({ kind: 'updated' })
        await updateRefs(mirror, [{ ref: probe.ref, to: null, expected: probe.to }])
        expect((await git(mirror, ['pack-refs', '--all'])).code).toBe(0)
      }
      const beside = readdirSync(folder.path).filter((name) => name.startsWith(`${victims}.git`))
      expect(beside).toEqual([`${victims}.git`])
    })
  },
)

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
