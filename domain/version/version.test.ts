import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readLoose } from './loose.ts'
import { compareVersions, type Version } from './version.ts'

const number = fc.oneof(fc.nat(12), fc.nat()).map(String)
const suffix = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('alpha', 'beta', 'pre', 'rc', '-rc.', '-x'), number)
    .map((parts) => parts.join('')),
)
const loose = fc
  .tuple(fc.constantFrom('', 'v'), fc.array(number, { minLength: 1, maxLength: 4 }), suffix)
  .map(([mark, numbers, end]) => readLoose(mark + numbers.join('.') + end))
  .filter((version): version is Version => version !== null)

it('orders any two versions, and the one way is the other reversed', () => {
  fc.assert(
    fc.property(loose, loose, (a, b) => {
      expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0)
      expect(compareVersions(a, a)).toBe(0)
    }),
  )
})

it('is transitive', () => {
  fc.assert(
    fc.property(loose, loose, loose, (a, b, c) => {
      const [low, middle, high] = [a, b, c].sort(compareVersions)
      if (!low || !middle || !high) throw new Error('three versions')
      expect(compareVersions(low, middle)).toBeLessThanOrEqual(0)
      expect(compareVersions(middle, high)).toBeLessThanOrEqual(0)
      expect(compareVersions(low, high)).toBeLessThanOrEqual(0)
    }),
  )
})

it('compares the numbers as numbers, and a pre-release before its release', () => {
  const numbers = fc.tuple(fc.nat(), fc.nat(), fc.nat())
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const [first, second] = [readLoose(a.join('.')), readLoose(b.join('.'))]
      if (!first || !second) throw new Error('versions')
      const difference = a.map((value, index) => value - (b[index] ?? 0)).find((delta) => delta !== 0) ?? 0
      expect(compareVersions(first, second)).toBe(Math.sign(difference))
      const candidate = readLoose(`${a.join('.')}-rc.1`)
      expect(candidate && compareVersions(candidate, first)).toBe(-1)
    }),
  )
})
