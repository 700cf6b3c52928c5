import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { globMatcher, globProblem } from '../domain/glob.ts'
import { makeFolder, makeRepo } from './testing.ts'

const folder = makeFolder()
afterAll(folder.remove)

// The rules are Git's own: what it lists for a pathspec is what the pattern fits.
describe('a pattern of generated files', () => {
  it('fits the paths that Git lists for it as a :(glob) pathspec', { timeout: 60_000 }, () => {
    const repo = makeRepo(join(folder.path, 'repo'))
    const name = fc.stringMatching(/^[ab.*[\]-]{1,3}$/).filter((text) => !/^\.+$/.test(text))
    const paths = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 8,
      selector: (names) => names[0],
    })
    const part = fc.oneof(
      name,
      fc.constantFrom(
        '**',
        '*',
        '?',
        'a*',
        '*b',
        'a?',
        '[ab]',
        '[!a]*',
        '[a-b]?',
        '\\*',
        '*a*b*',
        '[^]-]',
        '**a',
      ),
    )
    const patterns = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
    fc.assert(
      fc.property(paths, patterns, (lists, pattern) => {
        const files = lists.map((names) => names.join('/'))
        fc.pre(globProblem(pattern) === null)
        // A folder's own name lists all that is in it; a pattern of ours names files.
        fc.pre(!files.some((file) => file.startsWith(`${pattern}/`)))
        repo.git('rm', '-rqf', '--cached', '--ignore-unmatch', '.')
        const blob = repo.git('hash-object', '-w', '/dev/null')
        for (const file of files) repo.git('update-index', '--add', '--cacheinfo', `100644,${blob},${file}`)
        const listed = repo.git('ls-files', '-z', '--', `:(glob)${pattern}`).split('\0').filter(Boolean)
        expect(files.filter(globMatcher(pattern)).toSorted()).toEqual(listed.toSorted())
      }),
      { numRuns: 60 },
    )
  })
})
