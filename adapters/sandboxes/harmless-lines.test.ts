import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { harmlessLines } from './harmless-lines.ts'
import { type Bench, bubblewrapMissing, makeBench } from './testing.ts'

/** The text as it comes out, when it comes in pieces of so many bytes. */
function passed(text: string, bytes: number): string {
  const lines = harmlessLines()
  const whole = Buffer.from(text)
  const out: Buffer[] = []
  for (let at = 0; at < whole.length; at += bytes) out.push(lines.take(whole.subarray(at, at + bytes)))
  out.push(lines.end())
  return Buffer.concat(out).toString('utf8')
}

describe('the lines of a log', () => {
  it.each([1, 2, 3, 7, 1000])('hold no command, in pieces of %d bytes', (bytes) => {
    const text =
      'a ::b\n::error::x\r\u00a0\t::add-mask::y\n\u001b[1m::group::z\nq ##vso[task.x]\n##[debug]\n\u202eabc\u200b\nlast ::'
    expect(passed(text, bytes)).toBe(
      'a ::b\n| ::error::x\r\u00a0\t| ::add-mask::y\n\u001b[1m| ::group::z\nq # #vso[task.x]\n# #[debug]\n<U+202E>abc<U+200B>\nlast ::',
    )
  })

  it.each([3, 1000])('are otherwise as they were, byte by byte, in pieces of %d', (bytes) => {
    const text = 'grün ✓ 日本\n\u001b[32mok\u001b[0m\n## a\n\n\tx::y\n'
    expect(passed(text, bytes)).toBe(text)
  })

  it('may be endless', () => {
    const lines = harmlessLines()
    const piece = Buffer.alloc(100_000, 'x')
    let length = 0
    for (let index = 0; index < 50; index += 1) length += lines.take(piece).length
    expect(length + lines.end().length).toBe(5_000_000)
    expect(length).toBeGreaterThan(4_900_000)
  })
})

describe.skipIf(bubblewrapMissing !== null)('a check that prints commands', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await makeBench()
  })
  afterEach(() => bench.remove())

  it('leaves a log that is none', async () => {
    const { output } = await bench.run(
      'bubblewrap',
      `printf '::error::x\\n  ::set-env name=y::z\\n##vso[a]b\\n'`,
    )
    expect(output).toBe('| ::error::x\n  | ::set-env name=y::z\n# #vso[a]b\n')
  })
})
