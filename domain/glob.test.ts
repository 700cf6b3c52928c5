import { describe, expect, it } from 'vitest'
import { globMatcher, globProblem } from './glob.ts'

describe('a pattern', () => {
  it.each([
    [
      'package-lock.json',
      ['package-lock.json'],
      ['packages/a/package-lock.json', 'package-lock.jso', 'xpackage-lock.json'],
    ],
    ['**/package-lock.json', ['package-lock.json', 'a/b/package-lock.json'], ['package-lock.json/a']],
    ['gen/**', ['gen/a', 'gen/a/b.ts'], ['gen', 'other/gen/a']],
    ['src/**/*.pb.ts', ['src/a.pb.ts', 'src/a/b/c.pb.ts'], ['src/a/b.ts', 'a/src/a.pb.ts']],
    ['*.lock', ['yarn.lock', '.lock'], ['a/yarn.lock']],
    ['[!a-c]?.txt', ['dd.txt', 'éß.txt'], ['ad.txt', 'd.txt']],
    ['\\[id\\].ts', ['[id].ts'], ['i.ts']],
    ['**', ['a', 'a/b'], []],
  ])('%s names whole paths from the top', (pattern, fitting, others) => {
    expect(globProblem(pattern)).toBeNull()
    const fits = globMatcher(pattern)
    expect([...fitting, ...others].filter(fits)).toEqual(fitting)
  })

  it.each([
    ['', 'empty'],
    ['  ', 'empty'],
    ['/etc/passwd', 'begins with a slash'],
    ['gen/', 'ends with a slash'],
    ['a//b', 'two slashes'],
    ['../a', '`..`'],
    ['a/../b', '`..`'],
    ['./a', '`.`'],
    ['.git/config', '`.git`'],
    ['a/.GIT/x', '`.git`'],
    ['[a', 'open'],
    ['a[/]b', 'open'],
    ['[[:alpha:]]', 'open'],
    ['a\\', 'open'],
    ['src/**.ts', '`**`'],
    ['***', '`**`'],
    ['a\nb', 'control character'],
  ])('%j is refused', (pattern, why) => {
    expect(globProblem(pattern)).toContain(why)
  })

  it('takes no time to speak of on a path that many stars almost fit', () => {
    const fits = globMatcher(`${'**/*a*/'.repeat(12)}b`)
    expect(fits(`${'aaaaaaaaaaaaaaaaaaaa/'.repeat(60)}c`)).toBe(false)
  })
})
