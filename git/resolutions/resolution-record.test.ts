import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRecord, resolutionKey, writeRecord } from './resolution-record.ts'

const words = {
  by: 'Grace',
  at: '2026-05-04T03:02:01.000Z',
  attempt: null,
  patch: { oid: 'a'.repeat(40), subject: 'x' },
}

describe('the record', () => {
  const oid = fc.stringMatching(/^[0-9a-f]{40}$/)
  const entry = fc.option(fc.record({ mode: fc.constantFrom('100644', '100755', '120000', '160000'), oid }))
  const name = fc
    .array(
      fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 47),
      { minLength: 1, maxLength: 12 },
    )
    .map((bytes) => Buffer.from([...bytes, 0x78]).toString('latin1'))
  const stages = fc.record({ base: entry, ours: entry, theirs: entry })
  const settled = fc
    .tuple(stages, name, entry)
    .map(([sides, path, done]) => ({ ...sides, path, settled: done, kind: 'content' as const }))

  it('is read as it was written, whatever bytes its paths are of', async () => {
    const extra = fc.record({ path: name, before: entry, after: entry })
    await fc.assert(
      fc.asyncProperty(
        fc.array(settled, { minLength: 1, maxLength: 4 }),
        fc.array(extra, { maxLength: 3 }),
        async (paths, more) => {
          const record = { ...words, key: resolutionKey(paths), paths, more }
          expect(await readRecord(writeRecord(record))).toEqual(record)
        },
      ),
    )
  })

  it('has a key that depends neither on order nor on names', () => {
    fc.assert(
      fc.property(fc.array(settled, { minLength: 1, maxLength: 5 }), (paths) => {
        const renamed = paths.map((path, index) => ({ ...path, path: `p${index}` })).reverse()
        expect(resolutionKey(renamed)).toBe(resolutionKey(paths))
      }),
    )
  })
})
