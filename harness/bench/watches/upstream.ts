import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { releasedTags } from './tags.ts'

/** Makes the repository that stands for all upstreams: a watch looks up the tags of its releases there. */
export function makeUpstream(folder: string): string {
  const repository = join(folder, 'upstream.git')
  mkdirSync(repository)
  const git = (argv: readonly string[], input = '') =>
    execFileSync('git', argv, {
      cwd: repository,
      env: { PATH: process.env.PATH ?? '', HOME: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
      input,
    })
  git(['init', '-q', '--bare', '.'])
  const commit = `commit refs/heads/main\ncommitter Ada <ada@example.org> 1767258000 +0000\ndata 5\nstart\n`
  const tags = releasedTags.map((tag) => `reset refs/tags/${tag}\nfrom refs/heads/main\n\n`)
  git(['fast-import', '--quiet'], `${commit}\n${tags.join('')}`)
  return repository
}
