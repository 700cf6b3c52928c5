import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { parseFeed } from './parse-feed.ts'

const patience = { milliseconds: 20_000, signal: new AbortController().signal }

function feedOf(tag: string): string {
  return `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>${tag}</id><title>${tag}</title></entry></feed>`
}

it('gives everybody who comes at once the entries of the own document', async () => {
  const tags = Array.from({ length: 60 }, (_, index) => `v${index}`)
  const parsed = await Promise.all(tags.map((tag) => parseFeed(feedOf(tag), patience)))
  expect(parsed).toMatchObject(tags.map((id) => ({ kind: 'entries', entries: [{ ids: [id] }] })))
})

it.runIf(process.platform === 'linux')('starts no more threads than there are cores', async () => {
  const threads = () => readdirSync('/proc/self/task').length
  const before = threads()
  const all = Promise.all(Array.from({ length: 60 }, () => parseFeed(feedOf('v1'), patience)))
  let most = 0
  const done = all.then(() => true)
  while (!(await Promise.race([done, pause(1, false)]))) most = Math.max(most, threads())
  // A thread of Node's brings a helper or two of its own.
  expect(most - before).toBeLessThanOrEqual(3 * Math.min(4, availableParallelism()))
})

it('goes on with another thread after a document has used one up', async () => {
  const endless = `<feed>${'<a>'.repeat(300_000)}${'</a>'.repeat(300_000)}</feed>`
  const [slow, ...others] = await Promise.all([
    parseFeed(endless, { ...patience, milliseconds: 50 }),
    ...Array.from({ length: 8 }, () => parseFeed(feedOf('v1'), patience)),
  ])
  expect(slow).toEqual({ kind: 'too-slow' })
  expect(others.map(({ kind }) => kind)).toEqual(others.map(() => 'entries'))
  expect(await parseFeed('<feed', patience)).toMatchObject({ kind: 'invalid' })
  expect(await parseFeed(feedOf('v2'), patience)).toMatchObject({ entries: [{ ids: ['v2'] }] })
})

it('lets go of a thread whose document nobody waits for any more', async () => {
  const controller = new AbortController()
  const endless = `<feed>${'<a>'.repeat(300_000)}${'</a>'.repeat(300_000)}</feed>`
  const parsing = parseFeed(endless, { milliseconds: 20_000, signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 20)
  await expect(parsing).rejects.toThrow('enough')
  expect(await parseFeed(feedOf('v3'), patience)).toMatchObject({ entries: [{ ids: ['v3'] }] })
})
