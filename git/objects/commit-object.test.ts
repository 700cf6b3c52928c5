import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayPath } from './bytes.ts'
import { parseCommit, personOf, serialiseCommit, subjectOf } from './commit-object.ts'

const oid = fc.stringMatching(/^[0-9a-f]{40}$/)
const latin1 = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll('\0', ''))
const line = latin1.map((text) => text.replaceAll('\n', ''))
const person = fc.tuple(line, fc.nat()).map(([name, at]) => `${name} <a@example.org> ${at} +0100`)
const commit = fc.record({
  tree: oid,
  parents: fc.array(oid, { maxLength: 3 }),
  author: person,
  committer: person,
  encoding: fc.constantFrom(null, 'ISO-8859-1'),
  message: latin1,
})

describe('a commit object', () => {
  it('comes back byte for byte', () => {
    fc.assert(
      fc.property(commit, (given) => {
        expect(parseCommit(serialiseCommit(given), 'x')).toEqual({ ...given, lost: [] })
      }),
    )
  })

  it('names what a rewrite loses, whatever the lines of a signature say', () => {
    const body =
      'tree t\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\ngpgsig x\n author B <b> 2 +0000\nmergetag y\n\nm'
    expect(parseCommit(Buffer.from(body), 'x')).toMatchObject({
      author: 'A <a> 1 +0000',
      lost: ['gpgsig', 'mergetag'],
    })
  })

  it('refuses what is none, and names it', () => {
    expect(() => parseCommit(Buffer.from('tree t\n\nm'), 'f00d')).toThrow(/f00d/)
  })

  it.each([
    ['\n\n one\ntwo \n\nbody', ' one two'],
    ['', ''],
    ['only', 'only'],
  ])('takes the first paragraph of %j as the subject', (message, subject) => {
    expect(subjectOf({ message, encoding: null })).toBe(subject)
  })

  it('reads a person in the commit’s encoding', () => {
    expect(personOf('J\xf6rg <j@x> 1 +0000', 'ISO-8859-1')).toEqual({ name: 'Jörg', email: 'j@x' })
  })
})

it('shows a path as UTF-8, or the offending bytes as %XX', () => {
  expect(displayPath('na\xc3\xafve')).toEqual({ text: 'naïve', encoded: false })
  expect(displayPath('na\xefve \xc3\xa9')).toEqual({ text: 'na%EFve é', encoded: true })
  expect(displayPath('50%')).toEqual({ text: '50%', encoded: false })
})
