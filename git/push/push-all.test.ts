import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { makeBare, makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { type PushedStep, pushAll } from './push-all.ts'

let folder: TestFolder
let remotes: readonly TestRepo[]
let mirror: Mirror
let one: Oid
beforeEach(async () => {
  folder = makeFolder()
  const source = makeRepo(join(folder.path, 'source'))
  one = source.commit('one', { file: '1' })
  remotes = ['first', 'second', 'third'].map((name) => makeBare(join(folder.path, `${name}.git`)))
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  await fetchRefs(mirror, reach(source, 'source'), ['refs/heads/*:refs/source/heads/*'])
})
afterEach(() => folder.remove())

function reach(repo: TestRepo, name: string) {
  return { remote: { name, url: repo.dir, token: null }, secret: null }
}

function steps() {
  const updates = [{ ref: 'refs/heads/candidate', to: one, expected: null }]
  return remotes.map((repo, index) => ({ access: reach(repo, `remote-${index}`), updates }))
}

function kinds(pushed: readonly PushedStep[]): string[] {
  return pushed.map(({ outcome }) => outcome.kind)
}

describe('pushAll', () => {
  it('pushes to each remote in order and tells of each before the next', async () => {
    const told: string[] = []
    const onStep = ({ remote }: PushedStep) => {
      const there = remotes.filter((repo) => repo.git('for-each-ref') !== '').length
      told.push(`${remote}: ${there}`)
    }
    expect(kinds(await pushAll(mirror, steps(), { onStep }))).toEqual(['pushed', 'pushed', 'pushed'])
    expect(told).toEqual(['remote-0: 1', 'remote-1: 2', 'remote-2: 3'])
  })

  it('stops at the first that says no, and goes on from there when it is done again', async () => {
    const hook = join(remotes[1]?.dir ?? '', 'hooks', 'pre-receive')
    writeFileSync(hook, '#!/bin/sh\nexit 1\n')
    chmodSync(hook, 0o755)
    expect(kinds(await pushAll(mirror, steps()))).toEqual(['pushed', 'rejected', 'not-tried'])
    expect(remotes[2]?.git('for-each-ref')).toBe('')
    rmSync(hook)
    expect(kinds(await pushAll(mirror, steps()))).toEqual(['already-there', 'pushed', 'pushed'])
  })

  it('names the remote that cannot be reached, and keeps what is pushed', async () => {
    rmSync(remotes[1]?.dir ?? '', { recursive: true })
    const pushed = await pushAll(mirror, steps())
    expect(kinds(pushed)).toEqual(['pushed', 'failed', 'not-tried'])
    expect(pushed[1]?.outcome).toMatchObject({ error: { code: 'UNDRIFT_E_REMOTE', retryable: true } })
  })
})
