import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { moveBranch } from './move-branch.ts'
import { pushCandidate } from './push-candidate.ts'
import { type ActivityWorld, makeWorld, prepare, pushInput } from './testing.ts'
import type { MoveBranchInput } from './types.ts'

let world: ActivityWorld
let move: MoveBranchInput
beforeEach(async () => {
  world = makeWorld()
  const push = pushInput(await prepare(world, world.input('v1.1.0')))
  await pushCandidate(push, world.deps, world.step)
  const { settings, attempt, tag, head, stackHead } = push
  move = { settings, attempt, tag, to: head, expected: stackHead }
})
afterEach(() => world.remove())

describe('moving the maintained branch', () => {
  it('moves it on every remote and keeps the old value first', async () => {
    const ref = `refs/heads/undrift/backup/main/${move.expected.slice(0, 12)}`
    const result = {
      kind: 'moved',
      backups: [
        { remote: 'origin', ref },
        { remote: 'mirror', ref },
      ],
    }
    expect(await moveBranch(move, world.deps, world.step)).toEqual(result)
    for (const remote of [world.origin, world.mirror]) {
      expect(remote.oid('refs/heads/main')).toBe(move.to)
      expect(remote.oid(ref)).toBe(move.expected)
    }
    expect(await moveBranch(move, world.deps, world.step)).toEqual(result)
  })

  it('moves nothing anywhere when one remote holds something else', async () => {
    const theirs = world.fork.commit('By hand', { 'd.txt': 'd\n' })
    world.fork.git('push', '-q', world.mirror.dir, 'main')
    const result = await moveBranch(move, world.deps, world.step)
    expect(result).toMatchObject({ kind: 'refused', reason: expect.stringContaining(theirs) })
    expect(world.origin.oid('refs/heads/main')).toBe(move.expected)
    expect(world.origin.git('for-each-ref', 'refs/heads/undrift/backup')).toBe('')
  })

  it('says where it was moved when a later remote refuses, and moves the rest when it is done again', async () => {
    const hook = join(world.mirror.dir, 'hooks', 'update')
    writeFileSync(hook, '#!/bin/sh\n[ "$1" != refs/heads/main ] || { echo main is protected; exit 1; }\n')
    chmodSync(hook, 0o755)
    const result = await moveBranch(move, world.deps, world.step)
    if (result.kind !== 'refused') throw new Error('It was not refused.')
    expect(result.reason).toMatch(/^mirror refused refs\/heads\/main: main is protected; /)
    expect(result.reason).toMatch(
      /\. main on origin is at the candidate; promoting again goes on with the others\.$/,
    )
    rmSync(hook)
    expect(await moveBranch(move, world.deps, world.step)).toMatchObject({ kind: 'moved' })
    expect(world.mirror.oid('refs/heads/main')).toBe(move.to)
  })

  it('makes no maintained branch where a remote has none', async () => {
    world.mirror.git('update-ref', '-d', 'refs/heads/main')
    expect(await moveBranch(move, world.deps, world.step)).toMatchObject({ backups: [{ remote: 'origin' }] })
    expect(world.mirror.git('for-each-ref', 'refs/heads/main', 'refs/heads/undrift/backup')).toBe('')
  })
})
