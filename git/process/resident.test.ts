import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { type Frame, startResident } from './resident.ts'

let folder: TestFolder
let repo: TestRepo
beforeAll(() => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'repo'))
  repo.commit('one', { small: 'x', large: 'y'.repeat(3_000_000) })
})
afterAll(() => folder.remove())

function frame(bytes: Buffer): number {
  const newline = bytes.indexOf(10)
  if (newline < 0) return bytes.length + 1
  const size = / (\d+)$/.exec(bytes.toString('latin1', 0, newline))
  return size ? newline + 1 + Number(size[1]) + 1 : newline + 1
}

describe('startResident', () => {
  it('answers every question with its own answer, whatever their order and size', async () => {
    const resident = startResident({ cwd: repo.dir }, ['cat-file', '--batch'], frame)
    const names = fc.array(fc.constantFrom('HEAD:small', 'HEAD:large', 'nothing'), {
      minLength: 1,
      maxLength: 12,
    })
    await fc.assert(
      fc.asyncProperty(names, async (asked) => {
        const answers = await Promise.all(asked.map((name) => resident.ask(`${name}\n`)))
        for (const [index, name] of asked.entries()) {
          const answer = answers[index]?.toString('latin1') ?? ''
          if (name === 'nothing') expect(answer).toBe('nothing missing\n')
          if (name === 'HEAD:small') expect(answer).toMatch(/^\w{40} blob 1\nx\n$/)
          if (name === 'HEAD:large')
            expect(answer.endsWith(` blob 3000000\n${'y'.repeat(3_000_000)}\n`)).toBe(true)
        }
      }),
      { numRuns: 10 },
    )
    await resident.close()
    await expect(resident.ask('HEAD\n')).rejects.toMatchObject({ code: 'UNDRIFT_E_GIT' })
  })

  it('copies an answer that only its end ends a few times, not once per chunk', async () => {
    const rooms = new Set<ArrayBufferLike>()
    const end = ' missing\n'
    const untilEnd: Frame = (bytes, from) => {
      rooms.add(bytes.buffer)
      const at = bytes.indexOf(end, Math.max(0, from - end.length), 'latin1')
      return at === -1 ? bytes.length + 1 : at + end.length
    }
    const resident = startResident({ cwd: repo.dir }, ['cat-file', '--batch'], untilEnd)
    const large = `${'HEAD:large\n'.repeat(5)}nothing\n`
    const answers = await Promise.all([large, 'none\n', large].map((question) => resident.ask(question)))
    await resident.close()
    const blob = /\w{40} blob 3000000\n(y{3000000})\n/g
    const [first, second, third] = answers.map((answer) => answer.toString('latin1'))
    expect([first, third].map((answer) => answer?.replaceAll(blob, '1'))).toEqual(
      Array(2).fill(`${'1'.repeat(5)}nothing missing\n`),
    )
    expect(second).toBe('none missing\n')
    // Fifteen million bytes each: hundreds of chunks of a pipe, and a room for every doubling.
    expect(rooms.size).toBeLessThan(50)
  })

  it('rejects open questions with git’s words when the process ends', async () => {
    const resident = startResident({ cwd: '/' }, ['cat-file', '--batch'], frame)
    await expect(resident.ask('HEAD\n')).rejects.toMatchObject({
      code: 'UNDRIFT_E_GIT',
      message: expect.stringContaining('not a git repository'),
    })
    await resident.close()
  })

  it('ends with its signal, and rejects with the reason', async () => {
    const stop = new AbortController()
    const never = () => Number.MAX_SAFE_INTEGER
    const resident = startResident({ cwd: repo.dir, signal: stop.signal }, ['cat-file', '--batch'], never)
    const asked = resident.ask('HEAD\n')
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(asked).rejects.toBe(reason)
    await resident.close()
  })
})
