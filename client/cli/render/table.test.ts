import { expect, it } from 'vitest'
import { makeStyle } from '../style.ts'
import { indent, oneLine, shortened, table } from './table.ts'

it('aligns columns whatever the colours, and leaves no space at the end of a line', () => {
  const style = makeStyle(true)
  const plain = table([
    ['a', 'bb', ''],
    ['aaa', 'b', 'c'],
  ])
  expect(plain).toBe('a    bb\naaa  b   c')
  const coloured = table([
    [style.red('a'), 'x'],
    ['aaa', 'x'],
  ])
  expect(coloured.split('\n')[0]?.endsWith('   x'.slice(1))).toBe(true)
  expect(coloured).toContain('\u001b[31ma\u001b[39m    x')
})

it('takes control characters and direction marks out of what others wrote', () => {
  expect(oneLine('a\u001b[31mb\u001b[0m\nc\u0007\u202ed\u009b2J')).not.toMatch(
    /[\u0000-\u001f\u007f-\u009f\u202e]/,
  )
  expect(oneLine('  plain text ')).toBe('  plain text')
})

it('indents every line but the empty ones', () => {
  expect(indent('a\n\nb', 2)).toBe('  a\n\n  b')
})

it('cuts a subject that would push the other columns away, and no other', () => {
  expect(shortened('x'.repeat(72))).toBe('x'.repeat(72))
  expect(shortened('x'.repeat(73))).toBe(`${'x'.repeat(71)}…`)
})
