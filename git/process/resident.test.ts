import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { startResident } from './resident.ts'

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
