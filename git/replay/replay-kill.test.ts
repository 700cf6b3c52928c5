import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hasObject, openMirror, readLedger } from '../index.ts'
import { listRefs } from '../mirror/refs.ts'
import { runGit } from '../process/command.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'

let folder: TestFolder
let repo: TestRepo

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'repo'))
  repo.commit('start', { 'a.txt': numberedLines(80), 'b.txt': 'b\n' })
  repo.git('tag', 'v1')
  repo.git('checkout', '-q', '-b', 'fork')
  const changes: Record<number, string> = {}
  for (let index = 1; index <= 8; index += 1) {
    changes[index * 3] = `ours ${index}`
    repo.commit(`patch ${index}`, { 'a.txt': numberedLines(80, changes) })
    repo.git('notes', 'add', '-m', `note ${index}`, 'HEAD')
  }
  repo.git('checkout', '-q', 'main')
  repo.commit('upstream', { 'a.txt': numberedLines(80, { 70: 'theirs' }) })
  repo.git('tag', 'v2')
})

afterEach(() => folder.remove())

/** What an attempt does in its mirror, from the first fetch to the ledger, in a process of its own. */
const work = `
const [, path, url] = process.argv
const git = await import(new URL('../index.ts', ${JSON.stringify(import.meta.url)}).href)
const mirror = await git.openMirror({ path })
const access = { remote: { name: 'origin', url, token: null }, secret: null }
const { release } = await git.fetchUpstream(mirror, access, { tag: 'v2' })
const fork = await git.fetchFork(mirror, access, { fork: 'mine', branch: 'fork' })
const [stackHead, onto] = [fork.head, release.commit]
const committer = { name: 'Undrift', email: 'undrift@example.org' }
const stack = await git.readStack(mirror, { head: stackHead, onto })
const result = await git.replay(mirror, { stack, onto, committer, attempt: null })
const notes = await git.readRef(mirror, git.forkNotesRef('mine', 'origin'))
const copied = await git.copyNotes(mirror, { notes, reports: result.reports }, { committer, onto })
const move = async (ref, to) => git.updateRefs(mirror, [{ ref, to, expected: await git.readRef(mirror, ref) }])
await move('refs/attempts/mine/main/v2/notes', copied)
await move('refs/attempts/mine/main/v2/head', result.head)
await git.recordAttempt(
  mirror,
  {
    attempt: 'maintain/mine/main/v2', fork: 'mine', line: 'main', tag: 'v2', outcome: 'changed', reason: 'Done.',
    at: '2026-01-01T00:00:00.000Z', base: stack.base, onto, stackHead, head: result.head, tree: result.tree,
    patches: result.reports, checks: [], resolutions: [], candidates: [], decisions: [],
  },
  { rangeDiff: result.rangeDiff },
)
`

function startAttempt(path: string) {
  const argv = ['--input-type=module', '-e', work, '--', path, repo.dir]
  return spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
}

it('leaves the mirror sound when an attempt is killed at any moment, and the next try comes to the same', {
  timeout: 300_000,
}, async () => {
  const path = join(folder.path, 'mirror.git')
  const attempts = async () => {
    const mirror = await openMirror({ path })
    const fsck = await runGit(mirror, ['fsck', '--full', '--strict', '--no-dangling'])
    expect(fsck.stdout.toString()).toBe('')
    const refs = await listRefs(mirror, 'refs/attempts')
    for (const { oid } of refs) expect(await hasObject(mirror, oid)).toBe(true)
    return { mirror, refs: new Map(refs.map(({ ref, oid }) => [ref, oid])) }
  }
  const seen = new Set<string>()
  // Chance is the point: over many runs every moment is hit.
  for (let turn = 0; turn < 8; turn += 1) {
    const child = startAttempt(path)
    const ended = once(child, 'close')
    await Promise.race([sleep(300 + Math.random() * 2_500), ended])
    child.kill('SIGKILL')
    await ended
    const head = (await attempts()).refs.get('refs/attempts/mine/main/v2/head')
    if (head !== undefined) seen.add(head)
  }
  const [code] = await once(startAttempt(path), 'close')
  expect(code).toBe(0)
  const { mirror, refs } = await attempts()
  const head = refs.get('refs/attempts/mine/main/v2/head') ?? ''
  expect([...seen].every((oid) => oid === head)).toBe(true)
  const ledger = await readLedger(mirror, { fork: 'mine', line: 'main' })
  expect(ledger.map((entry) => [entry.tag, entry.head])).toEqual([['v2', head]])
  expect(ledger[0]?.patches.map(({ verdict }) => verdict)).toEqual(Array(8).fill('unchanged'))
})
