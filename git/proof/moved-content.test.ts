import { expect, it } from 'vitest'
import { useGround } from '../replay/plan-testing.ts'

const { repo, onFork, plan } = useGround()

const text = (...lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
const letters = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`)

/** Begins the history of both sides anew with these files. */
function begin(files: Readonly<Record<string, string>>): void {
  repo.commit('ground', files)
  repo.git('branch', '-f', 'fork', 'main')
}

it('asks about a file that upstream took under another name', async () => {
  onFork(() => {
    repo.commit('adds a check', { 'checks/ours.sh': text('first step', 'second step') })
    repo.commit('goes on', { 'checks/ours.sh': text('first step', 'second step', 'third step') })
  })
  repo.commit('adds that check', { 'scripts/check.sh': text('first step', 'second step') })
  const { result, suspects } = await plan()
  expect(result.kind).toBe('question')
  expect(suspects).toMatchObject([
    { path: 'checks/ours.sh', kind: 'twice', lost: ['first step', 'second step'] },
  ])
})

it('asks nothing about a copy on each side of what upstream had before', async () => {
  const licence = text('Do what you want', 'and blame nobody')
  begin({ LICENCE: licence })
  onFork(() => repo.commit('ours', { 'ours/LICENCE': licence }))
  repo.commit('theirs', { 'theirs/LICENCE': licence })
  expect((await plan()).result.kind).toBe('done')
})

it('asks about a block that upstream took in the moved file, and then moved to another one', async () => {
  begin({ f: text(...letters(1, 9)), g: text('g one', 'g two') })
  onFork(() => repo.commit('ours', { f: text('ours', 'and more', ...letters(1, 9)) }))
  repo.git('mv', 'f', 'moved')
  repo.commit('moves f')
  repo.commit('takes ours', { moved: text('ours', 'and more', ...letters(1, 9)) })
  repo.commit('moves ours', { moved: text(...letters(1, 9)), g: text('g one', 'g two', 'ours', 'and more') })
  const { result, suspects } = await plan()
  expect(result.kind).toBe('question')
  expect(suspects[0]).toMatchObject({ kind: 'twice', lost: ['ours', 'and more'] })
})

it('carries a patch that upstream took back in full in a file that it moved away and back', async () => {
  const [before, ours] = [text(...letters(1, 9)), text(...letters(1, 4), 'ours', ...letters(6, 9))]
  begin({ f: before })
  onFork(() => repo.commit('ours', { f: ours }))
  repo.commit('takes ours', { f: ours })
  repo.git('mv', 'f', 'moved')
  repo.commit('moves f')
  repo.commit('takes ours back', { moved: before })
  repo.git('mv', 'moved', 'f')
  repo.commit('moves it back')
  const { result, patches } = await plan()
  expect(result.kind).toBe('done')
  expect(patches[0]).toMatchObject({ verdict: 'unchanged', suggestion: 'reverted-upstream' })
})

it('never loses a block that both sides have, because a merge of the fork followed its move', async () => {
  const block = ['block one', 'block two', 'block three']
  const at = (place: number, ...rest: readonly string[]) =>
    text(...letters(1, place), ...block, ...letters(place + 1, 8), ...rest, ...letters(11, 12))
  begin({ f: text(...letters(1, 12)) })
  onFork(() => repo.commit('adds the block', { f: at(5, 'line 9', 'line 10') }))
  repo.commit('takes the block', { f: at(5, 'line 9', 'line 10') })
  const moved = text(...letters(1, 9), ...block, ...letters(10, 12))
  repo.commit('moves it', { f: moved })
  onFork(() => {
    repo.git('mv', 'f', 'd-f')
    repo.commit('moves f', { 'd-f': at(5, 'ours nine', 'ours ten') })
    try {
      repo.git('merge', '-q', 'main')
    } catch {
      // The person settles it below.
    }
    repo.git('rm', '-q', '--cached', '--ignore-unmatch', 'f')
    repo.commit('merges upstream', { f: null, 'd-f': at(5, 'ours last') })
  })
  let content = ''
  const keep = async (head: string) => {
    content = repo.git('show', `${head}:d-f`)
  }
  const { result } = await plan({}, {}, { keep })
  expect(result.kind !== 'done' || content.includes(block.join('\n'))).toBe(true)
})
