import { expect, it } from 'vitest'
import { startAttempt, until } from './testing.ts'
import { conflict, pushed, replayed, script } from './testing-attempt.ts'
import { useStages } from './testing-hooks.ts'

const stages = useStages()
const objection = { tag: 'v2.0.0', kind: 'withdrawn', why: 'was yanked' } as const

/** An attempt that waits on a conflict; how often it pushed. */
async function waiting() {
  let [rebases, pushes] = [0, 0]
  const git = {
    rebaseStack: async () => (rebases++ === 0 ? conflict : replayed),
    pushCandidate: async () => {
      pushes += 1
      return pushed
    },
  }
  const stage = await stages.open(script({ git }))
  const handle = await startAttempt(stage.client)
  await until(handle, (status) => status.needs === 'conflict')
  return { handle, pushes: () => pushes }
}

it('shows that the feed withdrew the release, and asks before the push', async () => {
  const { handle, pushes } = await waiting()
  await handle.signal('feedWord', { tag: 'v2.0.0', objection })
  const shown = await until(handle, (status) => status.objection != null)
  expect(shown).toMatchObject({ needs: 'conflict', objection: { why: 'was yanked' } })
  await handle.executeUpdate('resume', { args: [{ by: 'ada' }] })
  const asked = await until(handle, (status) => status.needs === 'withdrawn')
  expect(asked.intervention?.question).toContain('was yanked')
  expect(asked.intervention?.options.map(({ name }) => name)).toEqual(['approve', 'skip', 'abort'])
  expect(pushes()).toBe(0)
  await handle.executeUpdate('approve', { args: [{ by: 'ada' }] })
  expect(await handle.result()).toMatchObject({ outcome: 'changed' })
  expect(pushes()).toBe(1)
})

it('asks nothing once the feed has taken that back, nor about a pre-release that the rules take', async () => {
  const { handle } = await waiting()
  await handle.signal('feedWord', { tag: 'v2.0.0', objection })
  await handle.signal('feedWord', { tag: 'v2.0.0', objection: null })
  await handle.executeUpdate('resume', { args: [{}] })
  expect(await handle.result()).toMatchObject({ outcome: 'changed', objection: null })
})
