import { expect, it } from 'vitest'
import { makeStyle } from '../style.ts'
import { indent, namedRows, oneLine, shortened, table } from './table.ts'

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

it('keeps names whole in a narrow terminal: columns go, then the words stand below', () => {
  const rows = [
    [
      '  my-quic-go/release-line@v0.50.0-rc.1',
      'waiting: landed-with-changes',
      'started 1h ago',
      'updated 5m ago',
    ],
    ['  b', 'changed', 'started 1h ago', 'updated 5m ago'],
  ]
  const shown = (columns: number) => namedRows(rows, { columns, drop: [2, 3], names: [0] })
  expect(shown(120)[0]).toContain('updated 5m ago')
  expect(shown(70)).toEqual([
    '  my-quic-go/release-line@v0.50.0-rc.1  waiting: landed-with-changes  updated 5m ago'.slice(0, 68),
    '  b                                     changed',
  ])
  expect(shown(60)).toEqual([
    '  my-quic-go/release-line@v0.50.0-rc.1\n      waiting: landed-with-changes',
    '  b\n      changed',
  ])
})
