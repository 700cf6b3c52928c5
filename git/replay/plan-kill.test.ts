import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'

let folder: TestFolder
let repo: TestRepo

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'repo'))
  repo.commit('start', { 'a.txt': numberedLines(80), 'b.txt': 'b\n' })
  repo.git('checkout', '-q', '-b', 'fork')
  const changes: Record<number, string> = {}
  for (let index = 1; index <= 12; index += 1) {
    changes[index * 3] = `ours ${index}`
    repo.commit(`patch ${index}`, { 'a.txt': numberedLines(80, changes) })
  }
  repo.git('checkout', '-q', 'main')
  repo.commit('upstream', { 'a.txt': numberedLines(80, { 70: 'theirs' }) })
})

afterEach(() => folder.remove())

/** Keeps a plan's result under a ref, in a process of its own that can be killed. */
function startPlan() {
  const entry = join(import.meta.dirname, '..', '..', 'client', 'cli', 'entry.ts')
  const ends = ['--repo', repo.dir, '--head', 'fork', '--onto', 'main', '--to', 'refs/heads/kept', '--json']
  return spawn(process.execPath, [entry, 'plan', ...ends], { stdio: ['ignore', 'pipe', 'inherit'] })
}

it('leaves the repository sound when it is killed at any moment, and a later run comes to the same', async () => {
  const kept = () => repo.git('for-each-ref', '--format=%(objectname)', 'refs/heads/kept')
  const seen = new Set<string>()
  // Chance is the point: over many runs every moment is hit.
  for (let turn = 0; turn < 6; turn += 1) {
    const child = startPlan()
    const ended = once(child, 'close')
    await Promise.race([sleep(Math.random() * 1_500), ended])
    child.kill('SIGKILL')
    await ended
    expect(repo.git('fsck', '--strict', '--no-dangling')).toBe('')
    const ref = kept()
    if (ref === '') continue
    seen.add(ref)
    repo.git('update-ref', '-d', 'refs/heads/kept')
  }
  const child = startPlan()
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString('utf8')
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  const { head } = JSON.parse(out).result
  expect(kept()).toBe(head)
  expect([...seen].every((oid) => oid === head)).toBe(true)
  expect(repo.git('fsck', '--strict', '--no-dangling')).toBe('')
})
