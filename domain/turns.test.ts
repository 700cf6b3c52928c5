import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

it('lets as many work at once as there are turns, in the order in which they came', async () => {
  const takeTurn = createTurns(3)
  const begun: number[] = []
  let working = 0
  let most = 0
  const work = (task: number) =>
    takeTurn(async () => {
      begun.push(task)
      working += 1
      most = Math.max(most, working)
      await Promise.resolve()
      working -= 1
      return task * 2
    })
  const tasks = Array.from({ length: 20 }, (_, index) => index)
  expect(await Promise.all(tasks.map(work))).toEqual(tasks.map((task) => task * 2))
  expect(begun).toEqual(tasks)
  expect(most).toBe(3)
})

it('passes the turn of work that fails on', async () => {
  const takeTurn = createTurns(1)
  const failing = takeTurn(() => Promise.reject(new Error('broken')))
  const next = takeTurn(() => Promise.resolve('done'))
  await expect(failing).rejects.toThrow('broken')
  expect(await next).toBe('done')
})
