import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shellWord } from './shell-word.ts'

it('comes out of a shell as it went in, and stays bare where it can', () => {
  // A NUL cannot be an argument at all.
  const words = fc.array(
    fc.string({ unit: 'grapheme' }).map((word) => word.replaceAll('\0', '')),
    { minLength: 20, maxLength: 20 },
  )
  fc.assert(
    fc.property(words, (some) => {
      const script = `printf '%s\\0' ${some.map(shellWord).join(' ')}`
      const { stdout } = spawnSync('/bin/sh', ['-c', script], { encoding: 'utf8' })
      expect(stdout.split('\0').slice(0, -1)).toEqual(some)
    }),
    { numRuns: 20 },
  )
  expect(shellWord('maintain/my-codex/main/v1.2.0')).toBe('maintain/my-codex/main/v1.2.0')
  expect(shellWord("Ann's data")).toBe(`'Ann'\\''s data'`)
})
