import { expect, it } from 'vitest'
import { rowText } from './row-text.ts'

it('leaves a short text as it is, on one line', () => {
  expect(rowText('Patch "Greet" conflicts in src/greet.ts.')).toBe('Patch "Greet" conflicts in src/greet.ts.')
  expect(rowText(' a\n\n  b\u0000\tc\u001b[31m ')).toBe('a b c [31m')
  expect(rowText('x'.repeat(255))).toBe('x'.repeat(255))
})

it.each([
  ['letters', 'x'],
  ['letters of two bytes', 'ü'],
  ['letters of three bytes', '漢'],
  ['pairs', '🙂'],
])('cuts a long text of %s at a character, to 255 bytes at most', (_, character) => {
  const text = rowText(character.repeat(300))
  const bytes = Buffer.byteLength(text)
  expect(bytes).toBeLessThanOrEqual(255)
  expect(bytes).toBeGreaterThan(160)
  expect(text).toMatch(new RegExp(`^(?:${character})+…$`, 'u'))
})
