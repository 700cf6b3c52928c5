import { expect, it } from 'vitest'
import { expressionGuard, withGuardedExpressions } from './guarded-expressions.ts'

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

it('refuses an expression that is slow on every tag, though too slow on none', () => {
  const expression = /^(a+)+$/
  const millisecondsOn = (text: string) => {
    const start = performance.now()
    expression.exec(text)
    return performance.now() - start
  }
  let length = 10
  // The quickest of several: the machine may have been busy with something else.
  const quickest = (text: string) => Math.min(...[1, 2, 3].map(() => millisecondsOn(text)))
  while (quickest(`${'a'.repeat(length)}!`) < 2) length++
  const tags = Array.from({ length: 20_000 }, (_, index) => `${'a'.repeat(length)}!${index}`)
  expect(() => withGuardedExpressions((exec) => tags.map((tag) => exec(expression, tag)))).toThrow(
    expect.objectContaining({ code: 'UNDRIFT_E_INPUT' }),
  )
})

it('remembers what was too slow for the next part of the work', () => {
  const guard = expressionGuard()
  const slow = ['a', 'b'].map((end) => `${'a'.repeat(60)}!${end}`)
  const parts = [1, 2, 3].map(() => guard((exec) => slow.map((tag) => exec(/^(a+)+$/, tag))))
  expect(parts).toEqual(Array(3).fill(['too-slow', 'too-slow']))
})

it('takes no harm from work that fails for answers that are not the real ones', () => {
  const tags = Array.from({ length: 100 }, (_, index) => `${'a'.repeat(index === 0 ? 60 : 10)}!${index}`)
  const found = withGuardedExpressions((exec) => {
    const slow = exec(/^(a+)+$/, tags[0] ?? '')
    const all = tags.map((tag) => exec(/^a/, tag))
    if (all.includes(null)) throw new Error('not all of them begin with a')
    return slow
  })
  expect(found).toBe('too-slow')
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
