import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDeliveries } from './deliveries.ts'
import { createHints } from './hints.ts'

/** Hints whose polls are counted, and end when they are told to. */
function counted(gapMilliseconds: number) {
  const polls: string[] = []
  const failures: unknown[] = []
  let gate = Promise.withResolvers<void>()
  gate.resolve()
  const hints = createHints({
    poll: async (upstream) => {
      polls.push(upstream)
      await gate.promise
    },
    gapMilliseconds,
    onFailure: (_upstream, error) => failures.push(error),
  })
  return {
    ...hints,
    polls,
    failures,
    hold() {
      gate = Promise.withResolvers<void>()
      return gate
    },
  }
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await pause(5)
}

it('makes one poll at once, and one more for all that came in the meantime', async () => {
  const hints = counted(30)
  const gate = hints.hold()
  const first = hints.hint('codex')
  expect(await Promise.all(Array.from({ length: 100 }, () => hints.hint('codex')))).toEqual(
    Array(100).fill('soon'),
  )
  gate.resolve()
  expect(await first).toBe('now')
  expect(await hints.hint('codex')).toBe('soon')
  await until(() => hints.polls.length === 2)
  await pause(100)
  expect(hints.polls).toEqual(['codex', 'codex'])
  expect(await hints.hint('codex')).toBe('now')
  hints.stop()
})

it('lets no upstream wait for another', async () => {
  const hints = counted(10_000)
  expect(await hints.hint('codex')).toBe('now')
  expect(await hints.hint('other')).toBe('now')
  expect(hints.polls).toEqual(['codex', 'other'])
  hints.stop()
})

it('says that a poll could not be asked for to whoever waits for it, and reports the others', async () => {
  const hints = counted(20)
  const gate = hints.hold()
  const first = hints.hint('codex')
  await hints.hint('codex')
  gate.reject(new Error('no server'))
  await expect(first).rejects.toThrow('no server')
  await until(() => hints.failures.length === 1)
  expect(hints.failures).toEqual([new Error('no server')])
  hints.stop()
})

it('tries again at once after a poll that could not be asked for', async () => {
  const hints = counted(10_000)
  hints.hold().reject(new Error('no server'))
  await expect(hints.hint('codex')).rejects.toThrow('no server')
  await expect(hints.hint('codex')).rejects.toThrow('no server')
  hints.hold().resolve()
  expect(await hints.hint('codex')).toBe('now')
  hints.stop()
})

it('forgets what waits when it is stopped', async () => {
  const hints = counted(10)
  await hints.hint('codex')
  await hints.hint('codex')
  hints.stop()
  await pause(50)
  expect(hints.polls).toEqual(['codex'])
})

it('remembers deliveries, each for its upstream, and no more than it may', () => {
  const ids = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 })
  fc.assert(
    fc.property(ids, (sent) => {
      const deliveries = createDeliveries(5)
      const known: number[] = []
      for (const id of sent) {
        expect(deliveries.take('codex', `${id}`)).toBe(!known.includes(id))
        if (!known.includes(id)) known.push(id)
        if (known.length > 5) known.shift()
      }
    }),
  )
  const deliveries = createDeliveries()
  expect(deliveries.take('codex', '1')).toBe(true)
  expect(deliveries.take('other', '1')).toBe(true)
  deliveries.forget('codex', '1')
  expect(deliveries.take('codex', '1')).toBe(true)
  expect(deliveries.take('other', '1')).toBe(false)
})
