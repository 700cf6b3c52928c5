import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../../config/parse-config.ts'
import { renderProblems } from '../../../config/render-problems.ts'
import { readPatchmoi } from '../../import/patchmoi.ts'
import { renderConfig } from '../../import/render-config.ts'
import { type Ran, runHere } from '../testing.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-import-'))
  const fixture = new URL('../../import/fixtures/feed-sources.json', import.meta.url)
  await writeFile(join(folder, 'feed-sources.json'), await readFile(fixture))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function run(...args: readonly string[]): Promise<Ran> {
  return runHere(['import', ...args], { cwd: folder })
}

function config(yaml: string) {
  const parsed = parseConfig(yaml, 'undrift.yaml')
  if (parsed.kind === 'invalid') throw new Error(renderProblems(parsed.problems, { color: false }))
  return parsed.config
}

describe('import patchmoi', () => {
  it('writes a config that is valid, and invents no fork', async () => {
    const ran = await run('patchmoi', 'feed-sources.json')
    expect(ran.code).toBe(0)
    const { upstreams, forks } = config(ran.out)
    expect(upstreams.map(({ name, git, feed }) => [name, git.url, feed])).toEqual([
      ['codex', 'https://github.com/openai/codex.git', 'https://github.com/openai/codex/releases.atom'],
      [
        'forgejo',
        'https://codeberg.org/forgejo/forgejo.git',
        'https://codeberg.org/forgejo/forgejo/releases.rss',
      ],
      [
        'plain-site-news-of-a-tool',
        'https://git.example.org/PLACEHOLDER/plain-site-news-of-a-tool.git',
        'https://tool.example/feed.xml?a=1&b=%20#x',
      ],
    ])
    expect(forks).toEqual([])
  })

  it('reads a file with a mark of the byte order in front', async () => {
    const plain = await readFile(join(folder, 'feed-sources.json'), 'utf8')
    await writeFile(join(folder, 'marked.json'), `\ufeff${plain}`)
    expect(await run('patchmoi', 'marked.json')).toMatchObject({ code: 0 })
  })

  it('leaves lines that are a valid config, once the marks are taken away', async () => {
    const { out } = await run('patchmoi', 'feed-sources.json')
    const [upstreams = '', forks = ''] = out.split('\nforks: {}\n')
    const filled = config(`${upstreams}\n${forks.replaceAll(/^# /gm, '')}`)
    expect(filled.forks.map(({ name, upstream, branch }) => [name, upstream, branch])).toEqual([
      ['my-codex', 'codex', 'trunk'],
      ['my-forgejo', 'forgejo', 'main'],
      ['my-plain-site-news-of-a-tool', 'plain-site-news-of-a-tool', 'main'],
    ])
  })

  it('says on stderr what has no counterpart, and keeps passwords to itself', async () => {
    const ran = await run('patchmoi', 'feed-sources.json')
    const lines = ran.err.trimEnd().split('\n')
    expect(lines).toEqual([
      'defaults has no counterpart. Undrift has no such setting.',
      expect.stringMatching(/^github-openai-codex-releases: target\.workspaceUrlEnv has no counterpart\./),
      expect.stringMatching(/^github-openai-codex-releases: target\.workspaceSecretEnv has no counterpart\./),
      expect.stringMatching(/^github-openai-codex-releases: target\.payload has no counterpart\./),
      expect.stringMatching(
        /^github-openai-codex-commits: event has no counterpart\. The source is left out/,
      ),
      'github-openai-codex-commits: discord has no counterpart. Undrift has no such setting.',
      expect.stringMatching(/^secret-site: url has no counterpart\. The source is left out: a password/),
      expect.stringMatching(/^plain-site-news-of-a-tool: .* PLACEHOLDER/),
      expect.stringMatching(/^forks: .* PLACEHOLDER/),
    ])
    expect(ran.out + ran.err).not.toContain('hunter2')
  })

  it('repeats no token, wherever one stands', async () => {
    const token = `ghp_${'a'.repeat(36)}`
    const sources = [
      { id: token, url: 'https://tool.example/feed.xml', repo: { webUrl: `https://x.example/${token}` } },
      { id: 'b', url: `https://tool.example/feed.xml?private_token=hunter2hunter2`, [token]: 1 },
    ]
    await writeFile(join(folder, 'tokens.json'), JSON.stringify({ sources }))
    const ran = await run('patchmoi', 'tokens.json')
    expect(config(ran.out).upstreams).toHaveLength(1)
    expect(ran.err).toContain(
      'b: url has no counterpart. The source is left out: it holds a token in a query.',
    )
    expect(ran.out + ran.err).not.toMatch(/ghp_a|hunter2/)
  })

  it('writes a file with --out, and never over one that is there', async () => {
    const path = join(folder, 'made.yaml')
    const first = await run('patchmoi', 'feed-sources.json', '--out', 'made.yaml')
    expect(first).toMatchObject({ code: 0, out: '' })
    expect(first.err).toContain(`Written: ${path}`)
    const text = await readFile(path, 'utf8')
    expect(config(text).upstreams).toHaveLength(3)
    await writeFile(path, 'mine')
    const second = await run('patchmoi', 'feed-sources.json', '--out', 'made.yaml')
    expect(second).toMatchObject({ code: 2, out: '' })
    expect(second.err).toContain('is there already')
    expect(await readFile(path, 'utf8')).toBe('mine')
    expect(await run('patchmoi', 'feed-sources.json', '--out', 'no/such/folder.yaml')).toMatchObject({
      code: 2,
    })
  })

  it('comes as one object with --json', async () => {
    const ran = await run('patchmoi', 'feed-sources.json', '--json')
    expect(JSON.parse(ran.out)).toMatchObject({
      version: 1,
      out: null,
      config: expect.stringContaining('upstreams:'),
      upstreams: [{ name: 'codex', source: 'github-openai-codex-releases' }, {}, {}],
    })
  })

  it.each([
    ['none.json', null, 'cannot be read'],
    ['half.json', '{"sources": [', 'not JSON'],
    ['deep.json', '['.repeat(200_000), 'not JSON'],
    ['list.json', '[]', 'the whole'],
    ['other.json', '{"upstreams": {}}', 'sources'],
    ['field.json', '{"sources": [{"id": "a", "url": 1}, {"id": ""}]}', 'sources.0.url'],
    ['large.json', JSON.stringify({ sources: [], x: 'x'.repeat(1_000_000) }), 'larger than 1 MB'],
  ])('ends with 2 for %s', async (name, content, words) => {
    if (content !== null) await writeFile(join(folder, name), content)
    const ran = await run('patchmoi', name)
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.err).toContain(words)
  })

  it('knows what it can import', async () => {
    const ran = await run('patchmoy', 'feed-sources.json')
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.err).toContain('Did you mean `patchmoi`?')
  })

  it('makes a valid config of every file that has sources', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('codex', 'Codex', '..', '#', ': '),
    )
    const url = fc.oneof(text, fc.webUrl({ withQueryParameters: true, withFragments: true }))
    const source = fc.record(
      {
        id: text.filter((one) => one !== ''),
        url: url.filter((one) => one !== ''),
        provider: fc.constantFrom('github', 'gitlab', 'rss'),
        event: fc.constantFrom('release', 'tag', 'push'),
        repo: fc.record(
          { owner: text, name: text, fullName: text, webUrl: url, defaultBranch: text },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['id', 'url'] },
    )
    fc.assert(
      fc.property(fc.array(source, { maxLength: 5 }), text, (sources, from) => {
        const found = readPatchmoi(JSON.stringify({ sources }), 'x.json')
        const { upstreams } = config(renderConfig(found.upstreams, from))
        // JavaScript puts names that are numbers first.
        const pairs = (list: readonly { readonly name: string; readonly feed: string }[]) =>
          list.map(({ name, feed }) => `${name} ${feed}`).toSorted()
        expect(pairs(upstreams)).toEqual(pairs(found.upstreams))
      }),
      { numRuns: 300 },
    )
  })
})
