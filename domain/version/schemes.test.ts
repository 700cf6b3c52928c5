import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { execUnguarded } from './exec.ts'
import { findScheme } from './find-scheme.ts'
import { compareVersions, type Version } from './version.ts'

function read(scheme: string, text: string): Version | null {
  const version = findScheme(scheme, execUnguarded).read(text, text)
  return version === null || 'because' in version ? null : version
}

function order(scheme: string, a: string, b: string): number {
  const [first, second] = [read(scheme, a), read(scheme, b)]
  if (!first || !second) throw new Error(`${a} or ${b} is no version of ${scheme}`)
  return compareVersions(first, second)
}

/** Each row is oldest first. */
const ascending: readonly (readonly [string, readonly string[]])[] = [
  // The example of semver.org, 11
  [
    'semver',
    [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '2.0.0',
      '2.1.0',
      '2.1.1',
      '10.0.0',
    ],
  ],
  [
    'semver',
    [
      '1.0.0-0',
      '1.0.0-1',
      '1.0.0-99999999999999999999',
      '1.0.0--',
      '1.0.0-A',
      '1.0.0-a',
      '1.0.0-aa',
      '1.0.0',
    ],
  ],
  ['calver:YYYY.0M.0D', ['1999.12.31', '2026.01.02', '2026.02.01-rc1', '2026.02.01', '2026.10.01']],
  ['calver:YY.MM.MICRO', ['6.10.0', '16.4.0', '24.10.1', '24.10.11', '106.1.0']],
  ['calver:YYYY0M0D', ['20260101', '20261231', '20270101']],
  ['calver:YYMM', ['69', '261', '269', '2610', '2612']],
  ['regex:^(?<n>\\d+)(?<prerelease>.*)$', ['1b', '1', '2b', '2']],
  // Debian Policy 5.6.12, and the tests of dpkg
  [
    'debian',
    [
      '1.0~~',
      '1.0~~a',
      '1.0~',
      '1.0~rc1',
      '1.0',
      '1.0-1~bpo1',
      '1.0-1',
      '1.0-1+b1',
      '1.0-10',
      '1.0a',
      '1.0+dfsg-1',
      '1.0.1',
      '1.1',
      '1.9',
      '1.10',
      '1:0.1',
      '2:0',
    ],
  ],
  ['debian', ['0', '0a', '0.', '0.1']],
  // The example of PEP 440, with epochs and local versions
  [
    'pep440',
    [
      '1.0.dev456',
      '1.0a1',
      '1.0a2.dev456',
      '1.0a12.dev456',
      '1.0a12',
      '1.0b1.dev456',
      '1.0b2',
      '1.0b2.post345.dev456',
      '1.0b2.post345',
      '1.0rc1.dev456',
      '1.0rc1',
      '1.0',
      '1.0+abc.5',
      '1.0+abc.7',
      '1.0+5',
      '1.0.post456.dev34',
      '1.0.post456',
      '1.0.15',
      '1.1.dev1',
      '1!0.1',
    ],
  ],
  ['numeric', ['0', '7', '10', '99999999999999999999999', '100000000000000000000000']],
  ['regex:^r(?<number>\\d+)(?<letter>[a-z])?$', ['r9', 'r15', 'r15a', 'r15c', 'r100']],
  [
    'regex:^(?<major>\\d+)[-.](?<minor>\\d+)(?:-?(?<prerelease>rc\\d+))?$',
    ['3-1', '3-2-rc2', '3-2-rc10', '3-2', '3.10'],
  ],
]

it.each(ascending)('%s puts %j in this order', (scheme, texts) => {
  for (const [index, text] of texts.entries()) {
    expect(order(scheme, text, text)).toBe(0)
    for (const newer of texts.slice(index + 1)) {
      expect([text, newer, order(scheme, text, newer)]).toEqual([text, newer, -1])
      expect([newer, text, order(scheme, newer, text)]).toEqual([newer, text, 1])
    }
  }
})

it.each([
  ['semver', '1.0.0+a', '1.0.0+b'],
  ['debian', '1.0', '0:1.0-0'],
  ['debian', '1.00', '1.0'],
  ['debian', '1:2.0~rc1', '1%2.0_rc1'],
  ['debian', '1.0..1', '1.0.#.1'],
  ['pep440', '1.0', 'v1.0.0'],
  ['pep440', '1.0-alpha.1', '1.0a1'],
  ['pep440', '1.0-1', '1.0.post1'],
  ['pep440', '1.0c1', '1.0.PREVIEW-1'],
  ['pep440', '1.0+a.1', '1.0+A-1'],
  ['numeric', '007', '7'],
])('%s takes %s and %s for one version', (scheme, a, b) => {
  expect(order(scheme, a, b)).toBe(0)
})

it("shows a Debian version as it is, not as DEP-14 writes it in Git's names", () => {
  expect(read('debian', '1%2.0_rc1-1')?.text).toBe('1:2.0~rc1-1')
})

it.each([
  [
    'semver',
    ['v1.2.3', '1.2', '1.2.3.4', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3+', '1.2.3-a..b', '1.2.3-a b'],
  ],
  [
    'calver:YYYY.0M.0D',
    [
      '2026.7.30',
      '2026.13.01',
      '2026.00.01',
      '2026.07.32',
      '2026.07.00',
      '26.07.30',
      'v2026.07.30',
      '2026.07.30.1',
      '2026.07',
    ],
  ],
  ['calver:YYYY.MM.DD', ['2026.07.30', '2026.7.030', '2026.7.301', '2026.0.1']],
  ['calver:YYYY.0M.0D', ['2026.02.30', '2026.02.29', '2026.04.31', '2026.13.01', '2026.01.32']],
  ['calver:YY.WW', ['2026.1', '26.54', '26.0']],
  ['debian', ['a1', '', '1:a', 'x:1', '1.0-', '1.0 1', '1.0/1']],
  ['pep440', ['1.0-', '1.0x1', '1..0', 'a1', '1.0+', '1.0+a..b', '1.0 rc1']],
  ['numeric', ['', '1.0', '-1', 'v1', '1e3', '٣']],
  ['regex:^r(?<number>\\d+)$', ['r', '15', 'r15x']],
])('%s takes none of %j for a version', (scheme, texts) => {
  expect(texts.map((text) => [text, read(scheme, text)])).toEqual(texts.map((text) => [text, null]))
})

it.each([
  ['semver', '1.0.0-rc.1', true],
  ['semver', '1.0.0+rc.1', false],
  ['calver:YYYY.0M.0D', '2026.07.30', false],
  ['calver:YYYY.0M.0D', '2026.07.30-rc.1', true],
  ['calver:YYYY.0M.0D', '2026.07.30b1', true],
  ['calver:YYYY.0M.0D-MODIFIER', '2026.07.30', false],
  ['calver:YYYY.0M.0D-MODIFIER', '2026.07.30-beta', true],
  ['debian', '1.0~rc1-1', true],
  ['debian', '1.0-1~bpo12+1', false],
  ['pep440', '1.0.dev1', true],
  ['pep440', '1.0rc1', true],
  ['pep440', '1.0.post1', false],
  ['regex:^(?<n>\\d+)(?<prerelease>b)?$', '1b', true],
  ['regex:^(?<n>\\d+)(?<prerelease>b)?$', '1', false],
  ['regex:^(?<n>\\d+)(?<prerelease>.*)$', '1b', true],
  ['regex:^(?<n>\\d+)(?<prerelease>.*)$', '1', false],
  ['loose', 'v1.0-β1', true],
  ['loose', '1.0rc-β1', true],
  ['calver:YYYY.0M.0D', '2026.07.30-β1', true],
])('%s says of %s that it is a pre-release: %s', (scheme, text, prerelease) => {
  expect(read(scheme, text)?.prerelease).toBe(prerelease)
})

it.each([
  'unknown',
  '',
  'calver',
  'calver:',
  'calver:2026',
  'calver:YYYY.FOO',
  'calver:YYYY.MM.MM',
  'calver:YYYY.MAJORMINOR',
  'calver:YYYY MM',
  'regex',
  'regex:',
  'regex:(',
  'regex:^v(\\d+)$',
  'regex:\\(?<n>',
  'regex:[(?<n>x)]',
  'Semver',
  'semver:x',
])('refuses the scheme "%s"', (scheme) => {
  expect(() => findScheme(scheme, execUnguarded)).toThrow(
    expect.objectContaining({ code: 'UNDRIFT_E_INPUT', exitCode: 2 }),
  )
})

describe('every scheme', () => {
  const digits = fc.oneof(fc.nat(12), fc.nat(), fc.bigInt({ min: 0n, max: 10n ** 30n })).map(String)
  const piece = fc.oneof(
    digits,
    fc.constantFrom('.', '-', '~', '+', ':', '!', 'a', 'rc', 'beta', 'dev', 'post', 'v', 'r'),
  )
  const text = fc.oneof(
    fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.tuple(digits, digits, digits).map((numbers) => numbers.join('.')),
  )
  const names = [
    'loose',
    'semver',
    'calver:YYYY.MM.MICRO',
    'debian',
    'pep440',
    'numeric',
    'regex:(?<a>\\d+)(?:\\.(?<b>\\d+))?(?<prerelease>rc\\d*)?',
  ]

  it.each(names)('%s orders what it reads totally, and reads it always alike', (name) => {
    const scheme = findScheme(name, execUnguarded)
    const readable = fc.uniqueArray(text, { maxLength: 12 }).map((texts) =>
      texts.flatMap((one) => {
        const version = scheme.read(one, one)
        return version === null || 'because' in version ? [] : [version]
      }),
    )
    fc.assert(
      fc.property(readable, fc.infiniteStream(fc.nat()), (versions, chance) => {
        const sorted = versions.toSorted(compareVersions)
        for (const [index, version] of sorted.entries()) {
          expect(scheme.read(version.text, version.text)).toEqual(version)
          for (const later of sorted.slice(index)) {
            expect(compareVersions(version, later)).toBeLessThanOrEqual(0)
            expect(compareVersions(version, later) + compareVersions(later, version)).toBe(0)
          }
        }
        const shuffled = versions
          .map((version) => ({ version, place: chance.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place)
        const keys = shuffled
          .map(({ version }) => version)
          .sort(compareVersions)
          .map(({ key }) => key)
        expect(keys).toEqual(sorted.map(({ key }) => key))
      }),
    )
  })

  it.each(names)(
    '%s reads long hostile text in no time',
    (name) => {
      const scheme = findScheme(name, execUnguarded)
      for (const unit of ['1', 'a', '1.', '-', 'rc', '~', '0']) {
        for (const head of ['', '1', '1.0.0-', '1:']) scheme.read(`${head}${unit.repeat(50_000)}\n`, '')
      }
    },
    5_000,
  )
})
