import { expect, it } from 'vitest'
import { UndriftError } from '../../domain/errors.ts'
import { createFeed } from './create-feed.ts'
import { requestFor } from './testing/serve.ts'

it.each([
  ['https://github.com/openai/codex/releases.atom', 'atom'],
  ['https://codeberg.org/o/r/releases.rss', 'atom'],
  ['https://tool.example/feed', 'atom'],
  ['https://api.github.com/repos/openai/codex/releases', 'github'],
  ['https://github.corp.example/api/v3/repos/o/r/releases?per_page=10', 'github'],
  ['https://gitlab.com/api/v4/projects/group%2Ftool/releases', 'gitlab'],
  ['https://corp.example/gitlab/api/v4/projects/7/releases', 'gitlab'],
  ['https://codeberg.org/api/v1/repos/o/r/releases', 'forgejo'],
  ['https://api.github.com/repos/openai/codex/tags', 'github-tags'],
  ['https://api.github.com/repositories/965415649/releases', 'github'],
  ['https://github.corp.example/api/v3/repos/o/r/tags?per_page=10', 'github-tags'],
  ['https://gitlab.com/api/v4/projects/group%2Ftool/repository/tags', 'gitlab-tags'],
  ['https://codeberg.org/api/v1/repos/o/r/tags', 'forgejo-tags'],
  ['https://registry.npmjs.org/tool', 'npm'],
  ['https://registry.npmjs.org/@scope/tool', 'npm'],
  ['https://registry.npmjs.org/@scope%2ftool', 'npm'],
  ['https://pypi.org/pypi/tool/json', 'pypi'],
  ['https://crates.io/crates/tool', 'crates'],
  ['https://index.crates.io/to/ol/tool', 'crates'],
  ['git+https://git.example/x.git', 'git-tags'],
])('reads %s as %s', (url, kind) => {
  expect(createFeed(url, { listTags: async () => [] }).kind).toBe(kind)
})

it('leaves a host alone for the tags of all its repositories once it answered that there were too many requests', async () => {
  let asked = 0
  const listTags = async () => {
    asked += 1
    throw new UndriftError('UNDRIFT_E_REMOTE', 'The requested URL returned error: 429')
  }
  const poll = (path: string) =>
    createFeed(`git+https://busy.invalid/${path}`, { listTags }).poll(
      requestFor(`git+https://busy.invalid/${path}`),
    )
  expect(await poll('a.git')).toMatchObject({ reason: 'feed-rate-limited' })
  expect(await poll('b.git')).toMatchObject({ message: expect.stringContaining('was not contacted') })
  expect(asked).toBe(1)
})
