import { expect, it } from 'vitest'
import { nearTag } from './near-tag.ts'

it.each([
  ['1.4.0', ['v1.4.0', 'v1.4.1'], 'v1.4.0'],
  ['v1.4.0', ['1.4.0'], '1.4.0'],
  ['v1.4.0', ['rust-v1.4.0', 'tools/rust-v1.4.0'], 'rust-v1.4.0'],
  ['1.4.0', ['v11.4.0', 'v2.1.4.0'], null],
  ['v9.0.0', ['v1.0.0'], null],
  ['1.4.0', [], null],
] as const)('of %s among %j means %s', (wanted, tags, expected) => {
  expect(nearTag(wanted, tags)).toBe(expected)
})
