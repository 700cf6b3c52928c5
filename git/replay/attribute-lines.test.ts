import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeBare, makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { mergeAttributeLines } from './attribute-lines.ts'

let folder: TestFolder
let work: TestRepo
let bare: TestRepo
beforeEach(() => {
  folder = makeFolder()
  work = makeRepo(join(folder.path, 'work'))
  bare = makeBare(join(folder.path, 'bare'))
  mkdirSync(join(bare.dir, 'info'), { recursive: true })
})
afterEach(() => folder.remove())

const paths = [
  'a.txt',
  'b.po',
  'sub/a.txt',
  'sub/b.po',
  'sub/deep/a.txt',
  'sub/deep/b.po',
  'x y/a.txt',
  'x y/z/b.po',
  's*b/a.txt',
  'sxb/a.txt',
]

function attributesOf(repo: TestRepo): string {
  const argv = ['check-attr', '-z', '--stdin', 'merge', 'conflict-marker-size']
  const env = { PATH: process.env.PATH ?? '', HOME: '/dev/null', GIT_CONFIG_GLOBAL: '/dev/null' }
  const input = paths.map((path) => `${path}\0`).join('')
  const answer = execFileSync('git', argv, {
    cwd: repo.dir,
    env,
    input,
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString()
  const values = answer.split('\0')
  return values.map((each, index) => (index % 3 === 2 ? `${each}\n` : `${each} `)).join('')
}

function sameAsGit(files: Readonly<Record<string, string>>): string {
  work.git('clean', '-qfdx')
  const list = Object.entries(files).map(([at, text]) => ({ folder: at, text }))
  for (const { folder: at, text } of list)
    work.write({ [at === '' ? '.gitattributes' : `${at}/.gitattributes`]: text })
  writeFileSync(join(bare.dir, 'info', 'attributes'), Buffer.from(mergeAttributeLines(list), 'latin1'))
  const wanted = attributesOf(work)
  expect(attributesOf(bare)).toBe(wanted)
  return wanted
}

describe('the attributes of a tree, as one file', () => {
  it.each([
    [
      'a nested file that overrides',
      { '': '*.po -merge\n', sub: '*.po merge=union\n', 'sub/deep': 'b.po !merge\n' },
    ],
    [
      'binary and its opposite',
      { '': '*.txt binary\n', sub: 'a.txt -binary\n', 'sub/deep': 'a.txt !binary\n' },
    ],
    [
      'macros',
      {
        '': '[attr]ours merge=union\n[attr]mine ours conflict-marker-size=9\n*.po mine\n',
        sub: '*.po -ours\n',
      },
    ],
    [
      'a macro that takes the place of binary',
      { '': '[attr]binary -diff\n*.txt binary\n*.po merge=union\n' },
    ],
    ['a macro below the top', { '': '* merge\n', sub: '[attr]no -merge\n*.po no\n' }],
    [
      'patterns with slashes',
      { '': '/a.txt -merge\nsub/*.po -merge\nsub/**/a.txt merge=union\n', sub: '/deep/* -merge\n' },
    ],
    ['folders that never match', { '': 'b.po -merge\nsub/ -merge\n', sub: 'deep/ -merge\n' }],
    ['patterns that exclude', { '': '* -merge\n!a.txt merge\n' }],
    [
      'quotes, spaces and special names',
      { '': '"x y/*.txt" -merge\n', 'x y': '*.po merge=union\n', 's*b': '*.txt -merge\n' },
    ],
    ['marker sizes', { '': '*.txt conflict-marker-size=32\n*.po conflict-marker-size=7\n' }],
    [
      'comments, a byte order mark and carriage returns',
      { '': '\xef\xbb\xbf# no\r\n*.po -merge\r\n  *.txt merge=union\n' },
    ],
    ['later tokens and lines', { '': '*.po merge=union binary\n*.txt binary merge=union\n*.txt text\n' }],
  ])('say of every path what Git reads in them: %s', (_, files) => {
    const text = files as Readonly<Record<string, string>>
    expect(sameAsGit(Object.fromEntries(Object.entries(text)))).toMatch(/merge (?!unspecified)|size \d/)
  })

  it('say it for any files', () => {
    const pattern = fc.constantFrom(
      '*',
      '*.po',
      'a.txt',
      '/a.txt',
      'deep/*',
      '**/b.po',
      'sub/**',
      '[ab].*',
      '?.txt',
      'sub',
    )
    const state = fc.constantFrom(
      '-merge',
      'merge',
      '!merge',
      'merge=union',
      'merge=binary',
      'binary',
      '-binary',
      '!binary',
      'm',
      '-m',
      '!m',
      'text',
      'conflict-marker-size=12',
      '-diff',
    )
    const line = fc
      .tuple(pattern, fc.array(state, { minLength: 1, maxLength: 3 }))
      .map(([name, states]) => `${name} ${states.join(' ')}\n`)
    const macro = fc
      .array(
        state.filter((each) => !each.endsWith('m')),
        { minLength: 1, maxLength: 2 },
      )
      .map((states) => `[attr]m ${states.join(' ')}\n`)
    const text = fc.array(fc.oneof(line, line, macro), { maxLength: 5 }).map((lines) => lines.join(''))
    const files = fc.dictionary(fc.constantFrom('', 'sub', 'sub/deep', 'x y'), text)
    fc.assert(
      fc.property(files, (some) => void sameAsGit(some)),
      { numRuns: 60 },
    )
  })

  it('name no driver, and take markers only that can be seen', () => {
    const text = '*.po merge=ours\n*.txt merge=text conflict-marker-size=3\n* merge=\n'
    const lines = mergeAttributeLines([{ folder: '', text }])
    expect(lines).toContain('"*.po" merge\n"*.txt" merge !conflict-marker-size\n"*" merge\n')
  })

  it('are none where they say nothing of merging', () => {
    expect(mergeAttributeLines([{ folder: '', text: '* text=auto\n*.sh eol=lf\n' }])).toBe('')
  })
})
