import { expect, it } from 'vitest'
import { withGuardedExpressions } from './guarded-expressions.ts'

it('gives what the expression finds, groups and all', () => {
  const found = withGuardedExpressions((exec) => exec(/^v(?<major>\d+)/, 'v12.3'))
  expect(found !== 'too-slow' && found?.groups?.major).toBe('12')
  expect(withGuardedExpressions((exec) => exec(/x/, 'v12.3'))).toBeNull()
})

it('gives up on a catastrophic expression, and goes on with the next tag', () => {
  const bad = `${'a'.repeat(60)}!`
  const results = withGuardedExpressions((exec) => ['aaa', bad, 'b'].map((tag) => exec(/^(a+)+$/, tag)))
  expect(results.map((result) => (result === null || result === 'too-slow' ? result : result[0]))).toEqual([
    'aaa',
    'too-slow',
    null,
  ])
})

it('refuses an expression that is too slow on tag after tag', () => {
  const tags = Array.from({ length: 50 }, (_, index) => `${'a'.repeat(60 + index)}!`)
  expect(() => withGuardedExpressions((exec) => tags.map((tag) => exec(/^(a+)+$/, tag)))).toThrow(
    expect.objectContaining({ code: 'UNDRIFT_E_INPUT', exitCode: 2 }),
  )
})

it('lets work that is merely much run to its end', () => {
  const tags = Array.from({ length: 200_000 }, (_, index) => `v${index}`)
  expect(withGuardedExpressions((exec) => tags.filter((tag) => exec(/^v\d+$/, tag) !== null))).toHaveLength(
    200_000,
  )
})

it('lets work run to its end that takes long by itself, and still gives up on a catastrophic expression', () => {
  const end = Date.now() + 1_200
  const found = withGuardedExpressions((exec) => {
    while (Date.now() < end) {}
    return exec(/^(a+)+$/, `${'a'.repeat(60)}!`)
  })
  expect(found).toBe('too-slow')
})

it('hands on what the work throws', () => {
  expect(() =>
    withGuardedExpressions(() => {
      throw new Error('mine')
    }),
  ).toThrow('mine')
})
