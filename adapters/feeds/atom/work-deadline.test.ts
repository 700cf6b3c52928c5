import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startWorkDeadline } from './work-deadline.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A thread that gets this share of a core. */
function begin(share: number, used = async () => Date.now() * share) {
  const end = vi.fn()
  const began = Date.now()
  const stop = startWorkDeadline(() => end(Date.now() - began), { milliseconds: 2_000, used })
  return { end, stop }
}

it.each([
  [1, 2_000],
  [0.5, 4_000],
  [0.25, 8_000],
])('gives a thread that has %d of a core as much work, whatever the clock says', async (share, at) => {
  const { end } = begin(share)
  await vi.advanceTimersByTimeAsync(at - 100)
  expect(end).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(200)
  expect(end).toHaveBeenCalledOnce()
})

it.each<[string, (() => Promise<number>) | undefined, number]>([
  ['that gets no core', async () => 0, 20_000],
  ['that never answers', () => new Promise<number>(() => {}), 20_000],
  ['that cannot be asked', () => Promise.reject(new Error('not running')), 2_000],
])('gives up a thread %s', async (_, used, at) => {
  const { end } = begin(1, used)
  await vi.advanceTimersByTimeAsync(at)
  expect(end.mock.calls).toEqual([[at]])
  await vi.advanceTimersByTimeAsync(100_000)
  expect(end).toHaveBeenCalledOnce()
})

it('ends nothing once it is called off', async () => {
  const { end, stop } = begin(1)
  stop()
  await vi.advanceTimersByTimeAsync(100_000)
  expect(end).not.toHaveBeenCalled()
})
