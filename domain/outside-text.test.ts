import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { harmlessJson, harmlessLine, harmlessText } from './outside-text.ts'

describe('text of others', () => {
  it.each([
    ['::error file=a::b%0Ac', '| ::error file=a::b%250Ac'],
    ['  \u00a0::set-output name=x::y', '| '],
    ['\u001b[0m::add-mask::x', '| ::add-mask::x'],
    ['\u200b::error::x', '<U+200B>::error::x'],
    ['x ##vso[task.setvariable variable=y]z', 'x # #vso[task.setvariable variable=y]z'],
    ['##[group]x', '# #[group]x'],
    ['#\u200b#[group]x', '#<U+200B>#[group]x'],
    ["##teamcity[testFailed name='x']", "# #teamcity[testFailed name='x']"],
    ['a\u202eb\u2066c', 'a<U+202E>b<U+2066>c'],
    ['\u001b]0;title\u0007x\u001b[31mred\u001b[0m\u009b2J', 'xred'],
    ['a\rb\u0007', 'a b '],
    ['\tindented 100%0A', '\tindented 100%0A'],
    ['a::b ## c', 'a::b ## c'],
  ])('is made harmless: %j', (text, expected) => {
    expect(harmlessLine(text).startsWith(expected)).toBe(true)
  })

  it('holds no command in any line, however its lines end', () => {
    const ends = ['\n', '\r', '\r\n', '\u2028', '\u0085']
    const text = ends.map((end) => `x${end}::error::y`).join('')
    expect(harmlessText(text).match(/^\| ::error::/gm)).toHaveLength(5)
  })

  it('is as harmless when it is made so twice, and never becomes a command by it', () => {
    const parts = fc.constantFrom(
      ':',
      '::',
      '#',
      '##',
      '[',
      'vso[',
      '\u001b[0m',
      '\u001b',
      '\u200b',
      '\u202e',
      ' ',
      '\n',
      '\r',
      'a',
      '%0A',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (words) => {
        const once = harmlessText(words.join(''))
        expect(harmlessText(once)).toBe(once)
        for (const line of once.split('\n')) {
          expect(line).not.toMatch(
            /^\s*::|##\[|##vso\[|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/,
          )
        }
      }),
    )
  })

  it('is the same as JSON', () => {
    const value = { text: '##vso[x]\u202e ##[y] ### \u{e0041}' }
    const json = harmlessJson(JSON.stringify(value))
    expect(json).not.toMatch(/##|\u202e/)
    expect(JSON.parse(json)).toEqual(value)
  })
})
