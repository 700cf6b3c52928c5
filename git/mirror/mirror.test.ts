import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { git, runGit } from '../process/command.ts'
import { makeFolder, type TestFolder } from '../testing.ts'
import { openMirror } from './mirror.ts'
import { withMirrorLock } from './mirror-lock.ts'

let folder: TestFolder
beforeEach(() => {
  folder = makeFolder()
})
afterEach(() => folder.remove())

describe('openMirror', () => {
  it('makes a bare repository without hooks, and opens the same one again', async () => {
    const path = join(folder.path, 'mirrors', 'up.git')
    const mirror = await openMirror({ path })
    expect((await git(mirror, ['rev-parse', '--is-bare-repository'])).stdout.trim()).toBe('true')
    expect(existsSync(join(path, 'hooks'))).toBe(false)
    expect((await openMirror({ path })).path).toBe(mirror.path)
  })

  it('makes one repository when many open it at once, and leaves nothing beside it', async () => {
    const path = join(folder.path, 'up.git')
    const mirrors = await Promise.all(Array.from({ length: 8 }, () => openMirror({ path })))
    expect(new Set(mirrors.map((mirror) => mirror.path)).size).toBe(1)
    expect(readdirSync(folder.path)).toEqual(['up.git'])
  })

  it('removes what a making that was killed left behind', async () => {
    mkdirSync(join(folder.path, 'up.git.1234.making'))
    await openMirror({ path: join(folder.path, 'up.git') })
    expect(readdirSync(folder.path)).toEqual(['up.git'])
  })

  it('removes what dead git processes left: locks at the top and beside refs, half-written refs and packs', async () => {
    const path = join(folder.path, 'up.git')
    await openMirror({ path })
    mkdirSync(join(path, 'refs', 'heads', 'deep'), { recursive: true })
    const names = [
      'packed-refs.lock',
      'packed-refs.new',
      'HEAD.lock',
      'refs/heads/deep/x.lock',
      'objects/pack/tmp_pack_x',
    ]
    const locks = names.map((name) => join(path, name))
    for (const lock of locks) writeFileSync(lock, '')
    await openMirror({ path })
    expect(locks.filter((lock) => existsSync(lock))).toEqual([])
  })

  it('leaves a lock alone while a git process works in the mirror', async () => {
    const path = join(folder.path, 'up.git')
    const mirror = await openMirror({ path })
    const lock = join(path, 'packed-refs.lock')
    writeFileSync(lock, '')
    const worker = spawn('git', ['cat-file', '--batch'], { env: { ...process.env, GIT_DIR: mirror.path } })
    await once(worker, 'spawn')
    await openMirror({ path })
    expect(existsSync(lock)).toBe(true)
    worker.stdin.end()
    await once(worker, 'close')
    await openMirror({ path })
    expect(existsSync(lock)).toBe(false)
  })

  it('refuses a repository with grafts', async () => {
    const path = join(folder.path, 'up.git')
    await openMirror({ path })
    writeFileSync(join(path, 'info', 'grafts'), `${'a'.repeat(40)}\n`)
    await expect(openMirror({ path })).rejects.toMatchObject({ code: 'UNDRIFT_E_INTEGRITY' })
  })

  it('ends its git processes when the signal fires, and says why', async () => {
    const stop = new AbortController()
    const mirror = await openMirror({ path: join(folder.path, 'up.git'), signal: stop.signal })
    const reason = new Error('enough')
    const waiting = runGit(mirror, ['-c', 'alias.doze=!sleep 600 & wait', 'doze'])
    setTimeout(() => stop.abort(reason), 200)
    await expect(waiting).rejects.toBe(reason)
  })
})

describe('withMirrorLock', () => {
  it('lets one in at a time', async () => {
    const mirror = await openMirror({ path: join(folder.path, 'up.git') })
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 6 }, () =>
        withMirrorLock(mirror, async () => {
          inside += 1
          most = Math.max(most, inside)
          await new Promise((resolve) => setImmediate(resolve))
          inside -= 1
        }),
      ),
    )
    expect(most).toBe(1)
  })

  it('takes over from a holder that was killed, once, however many wait', async () => {
    const mirror = await openMirror({ path: join(folder.path, 'up.git') })
    const holder = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600000)'])
    await once(holder, 'spawn')
    const lock = join(mirror.path, 'undrift-maintenance.lock')
    const { hostname } = await import('node:os')
    const dead = { token: 'dead', pid: holder.pid, started: null, host: hostname() }
    writeFileSync(lock, JSON.stringify(dead))
    await expect(withMirrorLock(mirror, async () => 'in', { waitMs: 100 })).rejects.toMatchObject({
      code: 'UNDRIFT_E_BUSY',
      message: expect.stringContaining(`process ${holder.pid}`),
    })
    holder.kill('SIGKILL')
    await once(holder, 'close')
    let inside = 0
    let most = 0
    const enter = () =>
      withMirrorLock(mirror, async () => {
        inside += 1
        most = Math.max(most, inside)
        await new Promise((resolve) => setImmediate(resolve))
        inside -= 1
      })
    await Promise.all(Array.from({ length: 6 }, enter))
    expect(most).toBe(1)
    expect(existsSync(lock)).toBe(false)
  })

  it.each(['', '{', 'null', '{"pid":1}'])(
    'gives a lock that names nobody (%j) to the next, once it is older than a heartbeat',
    async (text) => {
      const mirror = await openMirror({ path: join(folder.path, 'up.git') })
      const lock = join(mirror.path, 'undrift-fetch.lock')
      writeFileSync(lock, text)
      const enter = () => withMirrorLock(mirror, async () => 'in', { purpose: 'fetch', waitMs: 100 })
      await expect(enter()).rejects.toMatchObject({ code: 'UNDRIFT_E_BUSY' })
      const old = new Date(Date.now() - 30_000)
      utimesSync(lock, old, old)
      const waiting = Array.from({ length: 4 }, () =>
        withMirrorLock(mirror, async () => 'in', { purpose: 'fetch' }),
      )
      expect(await Promise.all(waiting)).toEqual(['in', 'in', 'in', 'in'])
      expect(readdirSync(mirror.path).filter((name) => name.startsWith('undrift-'))).toEqual([])
    },
  )

  it('gives a lock that names nobody to the next where its time is one of another clock, far ahead', async () => {
    const mirror = await openMirror({ path: join(folder.path, 'up.git') })
    const lock = join(mirror.path, 'undrift-fetch.lock')
    writeFileSync(lock, '')
    const ahead = new Date(Date.now() + 400 * 86_400_000)
    utimesSync(lock, ahead, ahead)
    expect(await withMirrorLock(mirror, async () => 'in', { purpose: 'fetch', waitMs: 100 })).toBe('in')
  })

  it('takes over from another host only when its holder fell silent', async () => {
    const mirror = await openMirror({ path: join(folder.path, 'up.git') })
    const lock = join(mirror.path, 'undrift-fetch.lock')
    writeFileSync(lock, JSON.stringify({ token: 'far', pid: 1, started: null, host: 'elsewhere.example' }))
    const enter = () => withMirrorLock(mirror, async () => 'in', { purpose: 'fetch', waitMs: 100 })
    await expect(enter()).rejects.toMatchObject({ code: 'UNDRIFT_E_BUSY' })
    const old = new Date(Date.now() - 120_000)
    utimesSync(lock, old, old)
    expect(await enter()).toBe('in')
  })
})
