import { describe, expect, it } from 'vitest'
import { holdsMarkers } from './conflict-markers.ts'

describe('holdsMarkers', () => {
  it.each([
    ['<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n', true],
    ['<<<<<<<\n', true],
    ['a\r\n>>>>>>> b\r\n', true],
    ['||||||| base\n', true],
    ['<<<<<<<<<<<< wide\n', true],
    ['Heading\n=======\ntext', false],
    [' <<<<<<< indented\n', false],
    ['<<<<<<<glued\n', false],
    ['<<<<<< six\n', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(holdsMarkers(Buffer.from(text), [])).toBe(expected)
  })

  it('lets stand what one of the sides has', () => {
    const side = Buffer.from('<<<<<<< x\n')
    expect(holdsMarkers(side, [side])).toBe(false)
    expect(holdsMarkers(Buffer.concat([side, side]), [side, side])).toBe(true)
  })
})
