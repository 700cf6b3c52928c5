import { expect, it } from 'vitest'
import { boundedCache } from './bounded-cache.ts'

it('keeps what is newest within its weight, and forgets half at once beyond it', async () => {
  const cache = boundedCache<string>(10, (text) => text.length)
  for (const key of ['a', 'b', 'c', 'd', 'e']) {
    cache.set(key, Promise.resolve(key))
    await cache.get(key)
  }
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key) !== undefined)).toEqual(Array(5).fill(true))
  cache.set('f', Promise.resolve('f'))
  await cache.get('f')
  expect(['a', 'd', 'e', 'f'].map((key) => cache.get(key) !== undefined)).toEqual([false, false, true, true])
})

it('keeps a value that is heavier than all it may hold until the next one comes', async () => {
  const cache = boundedCache<string>(4, (text) => text.length)
  cache.set('heavy', Promise.resolve('x'.repeat(100)))
  await cache.get('heavy')
  expect(cache.get('heavy')).toBeDefined()
  cache.set('light', Promise.resolve('x'))
  await cache.get('light')
  expect([cache.get('heavy'), cache.get('light')].map((one) => one !== undefined)).toEqual([false, true])
})

it('does not keep what failed', async () => {
  const cache = boundedCache<string>(4, () => 1)
  const failing = Promise.reject(new Error('gone'))
  cache.set('key', failing)
  await expect(failing).rejects.toThrow('gone')
  await Promise.resolve()
  expect(cache.get('key')).toBeUndefined()
})
