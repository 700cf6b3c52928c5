import fc from 'fast-check'
import { expect, it } from 'vitest'
import { codeFrame } from './code-frame.ts'

it('shows the line of the range and the one before, with the place marked', () => {
  expect(codeFrame('one\ntwo: three\nfour', { start: 9, end: 14 }, 2)).toBe(
    '  1 | one\n> 2 | two: three\n    |      ^^^^^',
  )
})

it('shows a long line around the place', () => {
  const frame = codeFrame(`${'x'.repeat(500)}HERE${'y'.repeat(500)}`, { start: 500, end: 504 }, 1)
  const [line = '', marker = ''] = frame.split('\n')
  expect(line.slice(marker.indexOf('^'), marker.lastIndexOf('^') + 1)).toBe('HERE')
  expect(line.length).toBeLessThan(120)
})

it('frames every place of every text', () => {
  const unit = fc.constantFrom('a', ' ', '\n', '\t', '\r', 'é')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), fc.nat(30), fc.nat(10), (text, start, length) => {
      fc.pre(start <= text.length)
      const line = text.slice(0, start).split('\n').length
      const rows = codeFrame(text, { start, end: start + length }, line).split('\n')
      expect(rows).toHaveLength(line === 1 ? 2 : 3)
      const shown = text.split('\n')[line - 1]?.replace(/[\t]/g, ' ').replace(/\r/g, '·')
      expect(rows.at(-2)).toBe(`> ${line} | ${shown}`.trimEnd())
    }),
  )
})
