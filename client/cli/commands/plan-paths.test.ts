import { expect, it } from 'vitest'
import { usePlanRepo } from './plan-testing.ts'

const { repo, plan } = usePlanRepo()

function files(word: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 16 }, (_, index) => [`src/a-long-name-${index + 10}.txt`, `${word}\n`]),
  )
}

it('folds a conflict of many paths to counts and the first three, and names all with --verbose and in --json', async () => {
  repo.commit('base', files('base'))
  repo.git('checkout', '-q', '-B', 'fork')
  repo.commit('ours', files('ours'))
  repo.git('checkout', '-q', 'main')
  const gone = { 'src/a-long-name-10.txt': null, 'src/a-long-name-11.txt': null }
  repo.commit('theirs', { ...files('theirs'), ...gone })
  const { code, out, err } = await plan()
  expect(code).toBe(3)
  const told =
    '16 paths (14 content, 2 modify/delete): src/a-long-name-10.txt, src/a-long-name-11.txt, src/a-long-name-12.txt, …'
  expect(out).toContain(`Conflicts in ${told} (--verbose names all).`)
  expect(out.trimEnd().split('\n').at(-1)).toContain(`0001 conflicts in ${told} with upstream`)
  expect(err).toContain(`0001 conflicts in ${told}\n`)
  expect(Math.max(...`${out}${err}`.split('\n').map((line) => line.length))).toBeLessThan(300)
  const whole = await plan('--verbose')
  for (const text of [whole.out, whole.err]) expect(text).toContain('src/a-long-name-25.txt')
  const { patches } = JSON.parse((await plan('--json')).out)
  expect(patches[0].conflict.paths).toHaveLength(16)
  expect(patches[0].reason).toContain('src/a-long-name-25.txt (content)')
})
