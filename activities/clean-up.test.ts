import { afterEach, beforeEach, expect, it } from 'vitest'
import { openMirror, recordAttempt, recordEvent } from '../git/index.ts'
import { cleanUp } from './clean-up.ts'
import { type ActivityWorld, makeWorld } from './testing.ts'

let world: ActivityWorld
beforeEach(() => {
  world = makeWorld()
})
afterEach(() => world.remove())

it('keeps the newest candidates and backups of a line, and what somebody moved since', async () => {
  const { fork, origin } = world
  const sha = fork.oid('main')
  const mirror = await openMirror({ path: world.deps.data.mirrorOf('up') })
  const line = { fork: 'mine', line: 'main' }
  for (const number of [1, 2, 3, 4]) {
    const ref = `refs/heads/undrift/candidate/v${number}`
    const backup = `refs/heads/undrift/backup/main/${number}`
    fork.git('push', '-q', origin.dir, `main:${ref}`, `main:${backup}`)
    const at = `2026-05-0${number}T12:00:00Z`
    const nothing = {
      base: null,
      onto: null,
      stackHead: null,
      head: null,
      tree: null,
      patches: [],
      checks: [],
    }
    await recordAttempt(mirror, {
      ...line,
      ...nothing,
      attempt: `maintain/mine/main/v${number}`,
      tag: `v${number}`,
      outcome: 'changed',
      reason: 'There.',
      at,
      resolutions: [],
      decisions: [],
      candidates: [{ ref, remote: 'origin', sha, pushed: true }],
    })
    const backups = [{ remote: 'origin', ref: backup }]
    const attempt = `maintain/mine/main/v${number}`
    const move = { branch: 'main', from: sha, to: sha, backups, attempt, tag: `v${number}`, by: 'ann', at }
    await recordEvent(mirror, { kind: 'promotion', ...line, ...move })
  }
  fork.commit('Of somebody', { d: 'd' })
  fork.git('push', '-q', origin.dir, 'main:refs/heads/undrift/candidate/v1')
  const { settings } = world.input('v4')
  const publish = { ...settings.fork.publish, keep: 2 }
  const kept = () => origin.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/heads/undrift')
  const all = kept()
  expect(await cleanUp(mirror, settings, world.deps)).toEqual([])
  expect(kept()).toBe(all)
  expect(await cleanUp(mirror, { ...settings, fork: { ...settings.fork, publish } }, world.deps)).toEqual([])
  expect(kept().split('\n')).toEqual([
    'backup/main/3',
    'backup/main/4',
    'candidate/v1',
    'candidate/v3',
    'candidate/v4',
  ])
})
