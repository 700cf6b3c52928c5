import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readVersion } from './read-version.ts'

function takes(range: string, text: string, scheme = 'semver'): boolean {
  return readVersion(text, { prefix: '', prereleases: true, scheme, range }).kind === 'version'
}

/** After node-semver's own fixtures, with pre-releases included. */
it.each([
  ['', '1.0.0'],
  ['*', '1.2.3-rc.1'],
  ['x', '0.0.0'],
  ['1', '1.9.9'],
  ['1', '1.0.0-rc.1'],
  ['1.x', '1.2.3'],
  ['1.2', '1.2.9'],
  ['1.2.x', '1.2.0-rc.1'],
  ['1.2.*', '1.2.3'],
  ['=1.2.3', '1.2.3'],
  ['v1.2.3', '1.2.3+build'],
  ['>=1 <2', '1.0.0'],
  ['>=1 <2', '1.0.0-rc.1'],
  ['>=1 <2', '1.99.0-rc.1'],
  ['>= 1.0.0 < 2.0.0', '1.5.0'],
  ['>1', '2.0.0'],
  ['>1', '2.0.0-rc.1'],
  ['>1.2', '1.3.0'],
  ['>1.2.3', '1.2.4-rc.1'],
  ['<=2', '2.9.9'],
  ['<=2.0.0', '2.0.0-rc.1'],
  ['<2', '1.99.99'],
  ['<2.0.0-rc.2', '2.0.0-rc.1'],
  ['~1.2.3', '1.2.9'],
  ['~>1.2', '1.2.0'],
  ['~1', '1.9.0'],
  ['^1.2.3', '1.9.9'],
  ['^1.2.3-rc.1', '1.2.3-rc.2'],
  ['^0.2.3', '0.2.9'],
  ['^0.0.3', '0.0.3'],
  ['^0.x', '0.9.0'],
  ['^0', '0.5.0'],
  ['^0.0', '0.0.9'],
  ['1.2 - 1.4', '1.4.9'],
  ['1.2.3 - 2.3.4', '2.3.4'],
  ['1.0.0 - 2', '2.9.9'],
  ['* - 2', '1.0.0'],
  ['~1.x.3', '1.9.0'],
  ['1 - *', '9.0.0'],
  ['<1 || >=2', '2.5.0'],
  ['1.x || 3.x', '3.0.0'],
  ['>=99999999999999999999', '100000000000000000000.0.0'],
])('%s takes %s', (range, text) => {
  expect(takes(range, text)).toBe(true)
})

it.each([
  ['<2', '2.0.0-rc.1'],
  ['<2.0.0', '2.0.0-rc.1'],
  ['>=1 <2', '2.0.0-rc.1'],
  ['>=1 <2', '2.0.0'],
  ['1', '2.0.0-rc.1'],
  ['>1', '1.9.9'],
  ['>1.2.3', '1.2.3'],
  ['>=1.0.0', '1.0.0-rc.1'],
  ['<=2', '3.0.0-rc.1'],
  ['~1.2.3', '1.3.0'],
  ['~1.2.3', '1.3.0-rc.1'],
  ['~1.2.3', '1.2.3-rc.1'],
  ['^1.2.3', '2.0.0-rc.1'],
  ['^0.2.3', '0.3.0'],
  ['^0.0.3', '0.0.4'],
  ['^1.2.3-rc.2', '1.2.3-rc.1'],
  ['1.2.3 - 2.3.4', '2.3.5'],
  ['1.2 - 1.4', '1.5.0-rc.1'],
  ['~1.x.3', '2.0.0'],
  ['<*', '0.0.0'],
  ['>*', '9.9.9'],
  ['=1.2.3', '1.2.4'],
  ['<1 || >=2', '1.5.0'],
  ['<2.0.0-rc.2', '2.0.0-rc.2'],
])('%s does not take %s', (range, text) => {
  expect(takes(range, text)).toBe(false)
})

it.each([
  ['>=1 <2', 'v1.2', 'loose', true],
  ['>=1 <2', '2.0rc1', 'loose', false],
  ['<2', '2.0-rc.1', 'loose', false],
  ['>=1.0.0-rc.2', '1.0rc3', 'loose', true],
  ['1.2.x', '1.2.3.4', 'loose', true],
  ['=1.2.3', '1.2.3.4', 'loose', false],
  ['>=2026.7', '2026.07.30', 'calver:YYYY.0M.0D', true],
  ['<2026.7', '2026.07.30', 'calver:YYYY.0M.0D', false],
  ['>=10 <20', '15', 'numeric', true],
  ['>=10 <20', '20', 'numeric', false],
])('%s on %s by %s: %s', (range, text, scheme, taken) => {
  expect(takes(range, text, scheme)).toBe(taken)
})

it.each([
  '>',
  'abc',
  '1.2.3.4',
  '>=1 <',
  '1.x.3',
  '*.1',
  '01.2',
  '1 - ',
  '1 - 2 - 3',
  '>>1',
  '1.2.3-',
  '||x||y',
])('refuses the range "%s"', (range) => {
  expect(() => takes(range, '1.0.0')).toThrow(expect.objectContaining({ code: 'UNDRIFT_E_INPUT' }))
})

it.each(['debian', 'pep440', 'regex:(?<n>\\d+)'])('refuses a range on the scheme %s', (scheme) => {
  expect(() => takes('>=1', '1', scheme)).toThrow(expect.objectContaining({ exitCode: 2 }))
})

it('agrees with comparing numbers', () => {
  const triple = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3))
  fc.assert(
    fc.property(triple, triple, (a, b) => {
      const [low, version] = [a.join('.'), b.join('.')]
      const difference = b.map((value, index) => value - (a[index] ?? 0)).find((delta) => delta !== 0) ?? 0
      expect(takes(`>=${low}`, version)).toBe(difference >= 0)
      expect(takes(`<${low}`, version)).toBe(difference < 0)
      expect(takes(`<${low} || >${low}`, version)).toBe(difference !== 0)
      expect(takes(`^${low}`, version)).toBe(
        takes(`>=${low}`, version) && takes(`^${low} || <${low}`, version),
      )
    }),
  )
})
