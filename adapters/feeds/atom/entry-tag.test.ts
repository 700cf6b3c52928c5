import { expect, it } from 'vitest'
import { entryTag } from './entry-tag.ts'

const feed = 'https://forge.example/owner/tool/releases.atom'

function tagOf(link: string | null, id: string | null) {
  return entryTag(
    { title: 'v9.9.9', links: [link ?? []].flat(), ids: [id ?? []].flat(), published: null, notes: '' },
    feed,
  )
}

it.each([
  [
    'https://github.com/o/r/releases/tag/rust-v0.154.0',
    'tag:github.com,2008:Repository/1/rust-v0.154.0',
    'rust-v0.154.0',
  ],
  [
    'https://github.com/o/r/releases/tag/gopls%2Fv0.16.2',
    'tag:github.com,2008:Repository/1/gopls/v0.16.2',
    'gopls/v0.16.2',
  ],
  [
    'https://github.com/o/r/releases/tag/gopls/v0.16.2',
    'tag:github.com,2008:Repository/1/gopls/v0.16.2',
    'gopls/v0.16.2',
  ],
  [null, 'tag:github.com,2008:Repository/1/v1.0-rc.1', 'v1.0-rc.1'],
  ['https://github.com/o/r/releases/tag/100%25-v1', 'tag:github.com,2008:Repository/1/100%-v1', '100%-v1'],
  ['https://gitlab.com/g/s/p/-/tags/v1', 'https://gitlab.com/g/s/p/-/tags/v1', 'v1'],
  ['https://gitlab.com/g/s/p/-/releases/v1', null, 'v1'],
  ['https://codeberg.org/o/r/releases/tag/v1', '12: https://codeberg.org/o/r/releases/tag/v1', 'v1'],
  ['https://codeberg.org/o/r/src/tag/v1', null, 'v1'],
  ['https://git.sr.ht/~o/r/refs/1.2.0', 'https://git.sr.ht/~o/r/refs/1.2.0', '1.2.0'],
  ['https://pypi.org/project/tool/1.2.0/', null, '1.2.0'],
  ['/o/r/releases/tag/v1', null, 'v1'],
  ['https://tool.example/news', 'release-3-2-1', 'release-3-2-1'],
  [null, 'v1.2.3', 'v1.2.3'],
  ['https://tool.example/releases/v1/', '17', 'v1'],
])('takes the tag from the link %s and the id %s', (link, id, tag) => {
  expect(tagOf(link, id)).toEqual({ kind: 'tag', tag })
})

it.each([
  ['https://tool.example/news/1', null],
  ['https://tool.example/news/1', '12345'],
  ['https://tool.example/news/1', '550e8400-e29b-41d4-a716-446655440000'],
  [null, 'urn:uuid:1.2.3'],
  [null, null],
  ['javascript:/releases/tag/v1', null],
  ['https://github.com/o/r/releases/tag/', null],
  ['https://github.com/o/r/releases/tag/%ff', null],
])('reports the link %s and the id %s, whatever the title says', (link, id) => {
  expect(tagOf(link, id)).toEqual({
    kind: 'problem',
    problem: 'The entry "v9.9.9" names no tag in its link or id.',
  })
})

it('reports a link and an id that name different tags', () => {
  expect(tagOf('https://github.com/o/r/releases/tag/v1', 'tag:github.com,2008:Repository/1/v2')).toEqual({
    kind: 'problem',
    problem: 'The entry "v9.9.9" names "v1" in its link and "v2" in its id.',
  })
})

it.each(['..%2F..%2Fetc', '--upload-pack=x', 'a%20b', 'a%00b', 'v1%0A', 'a~1', 'refs%3Av'])(
  'reports %s, which is no tag to Git',
  (name) => {
    expect(tagOf(`https://github.com/o/r/releases/tag/${name}`, null).kind).toBe('problem')
  },
)
