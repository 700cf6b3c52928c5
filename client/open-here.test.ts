import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ConflictScene, makeConflictScene } from '../git/conflict/conflict-testing.ts'
import { openHere } from './open-here.ts'

let scene: ConflictScene
beforeEach(async () => {
  scene = await makeConflictScene()
})
afterEach(() => scene.remove())

it('names the commands that go on where no work tree can be made', async () => {
  symlinkSync('../../etc', join(scene.source.dir, 'way-out'))
  const { conflict } = await scene.content()
  const opened = openHere(scene, conflict, 'maintain/mine/main/v2')
  await expect(opened).rejects.toMatchObject({
    code: 'UNDRIFT_E_STACK',
    hint: expect.stringMatching(
      /`undrift resume maintain\/mine\/main\/v2`.*`undrift skip maintain\/mine\/main\/v2`/,
    ),
  })
})
