import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findCanary, makeCanary } from './canary.ts'

describe('the canary', () => {
  const canary = makeCanary()
  const around = fc.string({ unit: 'binary-ascii', maxLength: 40 })

  it('is found whatever stands around it, raw or encoded', () => {
    const encodings = [
      (text: string) => text,
      (text: string) => encodeURIComponent(text),
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(text).toString('base64url'),
    ]
    fc.assert(
      fc.property(around, around, fc.constantFrom(...encodings), (before, after, encode) => {
        expect(findCanary(canary, Buffer.from(encode(before + canary + after)))).not.toBeNull()
      }),
    )
  })

  it('is not found where it is not', () => {
    fc.assert(
      fc.property(around, (text) => {
        expect(findCanary(canary, text)).toBeNull()
      }),
    )
    expect(findCanary(canary, Buffer.from(makeCanary()).toString('base64'))).toBeNull()
  })
})
