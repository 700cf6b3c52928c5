import { expect, it } from 'vitest'
import { makeStyle } from '../style.ts'
import { table } from './table.ts'
import { cut, width } from './width.ts'

it.each([
  ['', 0],
  ['plain', 5],
  ['ärger', 5],
  // A letter and a combining mark are one character.
  ['a\u0301', 1],
  ['上流', 4],
  ['カタカナ', 8],
  ['ｱ', 1],
  ['ＡＢ', 4],
  ['한국어', 6],
  // Decomposed Hangul is one character as well.
  ['\u1112\u1161\u11ab', 2],
  ['🚀', 2],
  ['👩‍👩‍👧', 2],
  ['☂️', 2],
  ['𠮷', 2],
  ['→ …', 3],
  ['zero\u200bwidth', 9],
])('%j takes %i columns', (text, columns) => {
  expect(width(text)).toBe(columns)
})

it('leaves colours out of the count', () => {
  expect(width(makeStyle(true).red('上流'))).toBe(4)
})

it('cuts between characters, never inside of one', () => {
  expect(cut('上流の変更', 10)).toBe('上流の変更')
  expect(cut('上流の変更', 9)).toBe('上流の変…')
  expect(cut('上流の変更', 8)).toBe('上流の…')
  expect(cut('ab👩‍👩‍👧cd', 4)).toBe('ab…')
  expect(cut('abcd', 3)).toBe('ab…')
})

it('aligns the columns of a table by what a terminal shows', () => {
  const rows = [
    ['上流', 'v1', 'one'],
    ['codex', 'v1.2.0-日本', 'two'],
    ['a\u0301', '', 'three'],
  ]
  expect(table(rows)).toBe(
    ['上流   v1           one', 'codex  v1.2.0-日本  two', 'a\u0301                   three'].join('\n'),
  )
})
