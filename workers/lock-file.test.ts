import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { namelessMs, takeLock } from './lock-file.ts'
import { identityOf, ownIdentity } from './process-identity.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'undrift-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('gives the lock to one and tells the other who has it', () => {
  const first = takeLock(path)
  expect(first.kind).toBe('locked')
  expect(takeLock(path)).toEqual({ kind: 'held', by: ownIdentity() })
})

it('gives the lock again after it was released', () => {
  const first = takeLock(path)
  if (first.kind === 'locked') first.release()
  expect(takeLock(path).kind).toBe('locked')
})

it('takes the lock of a process that was killed', async () => {
  const child = spawn('sleep', ['1000'])
  const identity = identityOf(child.pid ?? 0)
  writeFileSync(path, JSON.stringify(identity))
  expect(takeLock(path)).toEqual({ kind: 'held', by: identity })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(takeLock(path).kind).toBe('locked')
})

it('is not deceived by another process with the same number', () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, began: 'long ago' }))
  expect(takeLock(path).kind).toBe('locked')
})

describe.each(['', '{', 'null', '{"pid":"1"}'])('a lock file that names nobody: %j', (text) => {
  beforeEach(() => writeFileSync(path, text))

  it('is left alone while it is young', () => {
    // Ahead of the clock by half of what counts as young: a machine that is slow does not make it old.
    const soon = (Date.now() + namelessMs / 2) / 1_000
    utimesSync(path, soon, soon)
    expect(takeLock(path)).toEqual({ kind: 'held', by: null })
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it.each([-2 * namelessMs, -400 * 86_400_000, 400 * 86_400_000])('is taken when it is %d ms old', (age) => {
    const at = (Date.now() + age) / 1_000
    utimesSync(path, at, at)
    expect(takeLock(path).kind).toBe('locked')
  })
})

it('gives a dead lock to exactly one of many processes that want it, and leaves no file behind', async () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, began: 'long ago' }))
  const source = `
    import { takeLock } from ${JSON.stringify(new URL('./lock-file.ts', import.meta.url).href)}
    console.log(takeLock(${JSON.stringify(path)}).kind)
    process.stdin.on('end', () => process.exit()).resume()`
  const racers = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const kinds = await Promise.all(
    racers.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()),
  )
  const ends = racers.map((racer) => once(racer, 'exit'))
  for (const { stdin } of racers) stdin.end()
  await Promise.all(ends)
  expect(kinds.filter((kind) => kind === 'locked')).toHaveLength(1)
  expect(readdirSync(folder)).toEqual(['lock'])
})
