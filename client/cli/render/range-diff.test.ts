import { expect, it } from 'vitest'
import { makeStyle } from '../style.ts'
import { renderRangeDiff } from './range-diff.ts'

const text = `1:  aaaaaaaaaaaa = 1:  bbbbbbbbbbbb first
2:  cccccccccccc ! 2:  dddddddddddd second
    @@ Makefile: all:
    - +\told
    + +\tnew\u001b[2J
`

it('keeps a range-diff as it is, tabs and all, but for what would drive a terminal', () => {
  expect(renderRangeDiff(text, makeStyle(false))).toBe(text.replace('\u001b[2J', '').trimEnd())
})

it('lets changed patches and lines stand out', () => {
  const lines = renderRangeDiff(text, makeStyle(true)).split('\n')
  expect(lines[1]).toContain('\u001b[33m')
  expect(lines[3]).toContain('\u001b[31m')
  expect(lines[4]).toContain('\u001b[32m')
})

it('says so where there is nothing to compare', () => {
  expect(renderRangeDiff('', makeStyle(false))).toBe('There is no patch to compare.')
})
