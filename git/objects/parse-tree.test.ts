import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toBytes } from './bytes.ts'
import { treeParser } from './parse-tree.ts'

interface Listed {
  readonly name: string
  readonly mode: string
  readonly oid: string
}

const bodyOf = (entries: readonly Listed[]) =>
  Buffer.concat(
    entries.map(({ name, mode, oid }) =>
      Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(oid, 'hex')]),
    ),
  )

const listed = (idLength: number) =>
  fc.uniqueArray(
    fc.record({
      name: fc
        .uint8Array({ minLength: 1, maxLength: 30 })
        .map((bytes) => toBytes(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte)))),
      mode: fc.constantFrom('100644', '100755', '120000', '160000', '40000'),
      // Ids that hold blanks and zeroes, which also end a mode and a name.
      oid: fc
        .array(fc.constantFrom('20', '00', '2f', 'a1', 'ff'), { minLength: idLength, maxLength: idLength })
        .map((bytes) => bytes.join('')),
    }),
    { selector: ({ name }) => name },
  )

describe('treeParser', () => {
  it.each(['sha1', 'sha256'] as const)('reads what stands in a tree of %s, time and again', (format) => {
    const parse = treeParser(format)
    fc.assert(
      fc.property(listed(format === 'sha1' ? 20 : 32), (entries) => {
        for (const part of [entries, entries.slice(1), entries]) {
          const read = [...parse('t', bodyOf(part))].map(([name, entry]) => ({ name, ...entry }))
          expect(read).toEqual(part)
        }
      }),
    )
  })

  it('keeps an entry once that stands in many trees', () => {
    const parse = treeParser('sha1')
    const same = { name: 'a-name-of-some-length', mode: '100644', oid: '11'.repeat(20) }
    const one = parse('1', bodyOf([same, { ...same, name: 'b' }]))
    const other = parse('2', bodyOf([{ ...same, name: 'a' }, same]))
    expect(other.get(same.name)).toBe(one.get(same.name))
  })

  it('reads an old mode with a zero before it as the same mode', () => {
    const body = bodyOf([{ name: 'd', mode: '040000', oid: '22'.repeat(20) }])
    expect(treeParser('sha1')('t', body).get('d')?.mode).toBe('40000')
  })

  it('refuses a name that stands twice, is empty or holds a slash, also when it was read before', () => {
    const parse = treeParser('sha1')
    const entry = (name: string) => ({ name, mode: '100644', oid: '33'.repeat(20) })
    for (const names of [['a', 'a'], [''], ['a/b']]) {
      for (let time = 0; time < 2; time += 1) {
        expect(() => parse('t', bodyOf(names.map(entry)))).toThrow(
          expect.objectContaining({ code: 'UNDRIFT_E_STACK' }),
        )
      }
    }
  })
})
