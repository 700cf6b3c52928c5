import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rememberSeen, rememberSkipped, unseenOf } from './choose-release-memory.ts'

it('knows every tag that it was told of, and no other', () => {
  const tag = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.string({ minLength: 30, maxLength: 300, unit: 'binary' }),
  )
  fc.assert(
    fc.property(fc.uniqueArray(tag), fc.uniqueArray(tag), (told, others) => {
      const seen = rememberSeen([], told)
      expect(unseen(told, seen)).toEqual([])
      const strangers = others.filter((one) => !told.includes(one))
      expect(unseen(strangers, seen)).toEqual(strangers)
    }),
  )
})

it('forgets the oldest first', () => {
  const seen = rememberSeen(
    ['first'],
    Array.from({ length: 1_050 }, (_, index) => `v${index}`),
  )
  expect(unseen(['first', 'v0', 'v1049'], seen)).toEqual(['first'])
})

it('keeps the last skipped releases, a hundred at most, in a bounded size', () => {
  const rows = Array.from({ length: 500 }, (_, index) => ({
    tag: `${'ü'.repeat(240)}${index}`,
    reason: 'x'.repeat(900),
  }))
  const kept = rememberSkipped([{ tag: 'v1', reason: 'older' }], rows)
  expect(kept.at(-1)?.tag).toMatch(/^ü+…$/)
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThan(16_100)
})

it('replaces what it said of a tag before', () => {
  const kept = rememberSkipped(
    [
      { tag: 'v1', reason: 'older' },
      { tag: 'v2', reason: 'older' },
    ],
    [{ tag: 'v1', reason: 'range' }],
  )
  expect(kept).toEqual([
    { tag: 'v2', reason: 'older' },
    { tag: 'v1', reason: 'range' },
  ])
})

function unseen(tags: readonly string[], seen: readonly string[]): string[] {
  return unseenOf(
    tags.map((tag) => ({ tag })),
    seen,
  ).map(({ tag }) => tag)
}
