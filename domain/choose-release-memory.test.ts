import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rememberSeen, unseenOf } from './choose-release-memory.ts'

it('knows every tag that it was told of, and no other', () => {
  const tag = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.string({ minLength: 30, maxLength: 300, unit: 'binary' }),
  )
  fc.assert(
    fc.property(fc.uniqueArray(tag), fc.uniqueArray(tag), (told, others) => {
      const seen = rememberSeen(
        [],
        told.map((tag) => ({ tag })),
      )
      expect(unseen(told, seen)).toEqual([])
      const strangers = others.filter((one) => !told.includes(one))
      expect(unseen(strangers, seen)).toEqual(strangers)
    }),
  )
})

it('forgets the oldest first', () => {
  const seen = rememberSeen(
    ['first'],
    Array.from({ length: 1_050 }, (_, index) => ({ tag: `v${index}` })),
  )
  expect(unseen(['first', 'v0', 'v1049'], seen)).toEqual(['first'])
})

function unseen(tags: readonly string[], seen: readonly string[]): string[] {
  return unseenOf(
    tags.map((tag) => ({ tag })),
    seen,
  ).map(({ tag }) => tag)
}
