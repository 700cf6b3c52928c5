import { describe, expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'
import type { ConfigProblem } from './problem.ts'
import { renderProblems } from './render-problems.ts'
import { example } from './testing-example.ts'

function problems(text: string): readonly ConfigProblem[] {
  const parsed = parseConfig(text, 'undrift.yaml')
  return parsed.kind === 'invalid' ? parsed.problems : []
}

/** The example with one text in it replaced; fails when it is not there. */
function changed(from: string, to: string): string {
  expect(example).toContain(from)
  return example.replace(from, () => to)
}

describe('a bad config', () => {
  it.each([
    ['a mistyped key', 'poll: 10m', 'pol: 10m', 'unknown-key', '5:5', 'Did you mean `poll`?'],
    [
      'a key that does not exist yet',
      'prefix: rust-v',
      'prefix: rust-v, since: v1',
      'unknown-key',
      '6:29',
      null,
    ],
    ['a missing key', '    branch: main\n', '', 'missing', '8:3', null],
    [
      'a number for a text',
      'branch: main',
      'branch: 1.0',
      'wrong-type',
      '11:13',
      'Put it in quotes to make it text.',
    ],
    [
      'a boolean for a command',
      '[npm ci,',
      '[true,',
      'wrong-type',
      '12:14',
      'Put it in quotes to make it text.',
    ],
    ['a text for a list', '[npm ci, npm test]', 'npm test', 'wrong-type', '12:13', null],
    ['a text for a switch', 'push: false', 'push: nope', 'wrong-type', '13:82', null],
    [
      'an unknown upstream',
      'upstream: codex',
      'upstream: codx',
      'unknown-reference',
      '9:15',
      'Did you mean `codex`?',
    ],
    [
      'an unknown remote',
      '[origin, mirror]',
      '[orgin]',
      'unknown-reference',
      '13:59',
      'Did you mean `origin`?',
    ],
    ['a remote named twice', '[origin, mirror]', '[origin, origin]', 'duplicate', '13:67', null],
    [
      'two remotes with one URL',
      'ssh://git@git.example.org/me/codex.git',
      'git@github.com:me/codex.git',
      'duplicate',
      '10:61',
      null,
    ],
    [
      'no remote',
      '{ origin: git@github.com:me/codex.git, mirror: ssh://git@git.example.org/me/codex.git }',
      '{}',
      'bad-value',
      '10:14',
      null,
    ],
    ['a key that stands twice', 'branch: main', 'branch: main\n    branch: x', 'duplicate-key', '12:5', null],
    ['a bad duration', 'poll: 10m', 'poll: 0s', 'bad-duration', '5:11', null],
    ['a bad branch', 'branch: main', 'branch: a..b', 'bad-ref', '11:13', null],
    ['a bad tag prefix', 'prefix: rust-v', 'prefix: "a b"', 'bad-ref', '6:21', null],
    ['a bad name', '  my-codex:', '  My-Codex:', 'bad-name', '8:3', null],
    ['a name that Git cannot hold', '  my-codex:', '  my..codex:', 'bad-name', '8:3', null],
    ['a name like a lock', '  my-codex:', '  my.lock:', 'bad-name', '8:3', null],
    ['a remote helper', 'git: https:', 'git: ext::https:', 'bad-url', '3:10', null],
    ['plain http', 'git: https:', 'git: http:', 'bad-url', '3:10', null],
    ['a candidate without a tag', 'candidate/{tag}', 'candidate', 'bad-ref', '13:27', null],
    ['a candidate with an unknown part', 'candidate/{tag}', '{date}/{tag}', 'bad-ref', '13:27', null],
    [
      'a candidate that could be the branch',
      '"undrift/candidate/{tag}"',
      '"ma{tag}"',
      'bad-ref',
      '13:27',
      null,
    ],
    ['a candidate below the branch', 'undrift/candidate', 'main/candidate', 'bad-ref', '13:27', null],
    [
      'an unknown sandbox',
      '    branch: main',
      '    branch: main\n    sandbox: nnoe',
      'bad-value',
      '12:14',
      'Did you mean `none`?',
    ],
    [
      'a bad committer',
      '    branch: main',
      '    branch: main\n    committer: { name: "<x>", email: a@b }',
      'bad-value',
      '12:24',
      null,
    ],
    [
      'a literal token',
      'git: https://github.com/openai/codex.git',
      'git: { url: "https://x.example/y", token: abc }',
      'secret',
      '3:47',
      'A secret itself never stands in the config. Set NAME in the environment of the git worker.',
    ],
    [
      'a password in a URL',
      'git: https://',
      'git: https://me:pw@',
      'secret',
      '3:10',
      'Write `{ url: …, token: env:NAME }` and set NAME in the environment of the git worker.',
    ],
    [
      'a secret in a comment',
      'poll: 10m',
      'poll: 10m # ghp_abcdefghijklmnopqrstuvwxyz',
      'secret',
      '5:17',
      'Take it out, treat it as leaked, and write `token: env:NAME` instead.',
    ],
    [
      'a literal token of a feed',
      'feed: https://github.com/openai/codex/releases.atom',
      'feed: { url: "https://x.example/y", token: abc }',
      'secret',
      '4:48',
      'A secret itself never stands in the config. Set NAME in the environment of the worker of the role `control`.',
    ],
    [
      'a token for a feed in the clear',
      'feed: https://github.com/openai/codex/releases.atom',
      'feed: { url: "http://x.example/y", token: env:TOKEN }',
      'bad-url',
      '4:18',
      null,
    ],
    [
      'a literal secret of a webhook',
      'poll: 10m',
      'webhook: abc',
      'secret',
      '5:14',
      'A secret itself never stands in the config. Set NAME in the environment of the process that runs `undrift webhook`.',
    ],
    [
      'an empty pattern',
      '    branch: main',
      '    branch: main\n    generated: { "": make }',
      'bad-value',
      '12:18',
      null,
    ],
    [
      'an absolute pattern',
      '    branch: main',
      '    branch: main\n    generated: { /package-lock.json: make }',
      'bad-value',
      '12:18',
      'Write `package-lock.json`.',
    ],
    [
      'a folder as a pattern',
      '    branch: main',
      '    branch: main\n    generated: { gen/: make }',
      'bad-value',
      '12:18',
      'Write `gen/**` for all that is in it.',
    ],
    [
      'a pattern that leads out',
      '    branch: main',
      '    branch: main\n    generated: { ../a: make }',
      'bad-value',
      '12:18',
      null,
    ],
    [
      'an empty command',
      '    branch: main',
      '    branch: main\n    generated: { a: " " }',
      'bad-value',
      '12:21',
      null,
    ],
    [
      'an empty command in a mapping',
      '    branch: main',
      '    branch: main\n    generated: { a: { run: "" } }',
      'bad-value',
      '12:28',
      null,
    ],
    [
      'a side that is none',
      '    branch: main',
      '    branch: main\n    generated: { a: { take: theirs } }',
      'bad-value',
      '12:29',
      null,
    ],
    [
      'a generated file with a command and a side',
      '    branch: main',
      '    branch: main\n    generated: { a: { run: make, take: ours } }',
      'bad-value',
      '12:21',
      null,
    ],
    [
      'a generated file with neither',
      '    branch: main',
      '    branch: main\n    generated: { a: {} }',
      'bad-value',
      '12:21',
      null,
    ],
    [
      'a generated file with a mistyped key',
      '    branch: main',
      '    branch: main\n    generated: { a: { tak: ours } }',
      'unknown-key',
      '12:23',
      'Did you mean `take`?',
    ],
    [
      'a list of generated files',
      '    branch: main',
      '    branch: main\n    generated: [a]',
      'wrong-type',
      '12:16',
      null,
    ],
    ['YAML that does not close', '[npm ci, npm test]', '[npm ci, npm test', 'syntax', '13:5', null],
    ['two documents', 'forks:', '---\nforks:', 'syntax', '7:1', null],
    ['an alias to nowhere', 'poll: 10m', 'poll: *ten', 'syntax', '5:11', null],
  ])('is told of %s', (_, from, to, kind, place, hint) => {
    const found = problems(changed(from, to)).map((problem) => ({
      kind: problem.kind,
      place: `${problem.line}:${problem.column}`,
      hint: problem.hint,
    }))
    expect(found).toContainEqual({ kind, place, hint })
  })

  it('is told of everything at once, in the order of the file', () => {
    const text = `upstreams:
  Codex:
    git: ext::sh -c id
    feeed: https://me:hunter2@github.com/openai/codex/releases.atom
    poll: 10
forks:
  my:
    upstream: codx
    remotes: { origin: http://x.example/y }
    branch: a..b
    verify: [true]
    sandbox: bubblewarp
    publish: { candidate: "{tag}", to: [orign], pus: false }
network: { allow: [10.0.0.0/33] }
`
    expect(renderProblems(problems(text), { color: false })).toMatchSnapshot()
  })

  it.each(['', '# nothing', 'null'])('is told that %j is empty', (text) => {
    expect(problems(text)).toMatchObject([
      { kind: 'missing', message: 'the file is empty', line: 1, column: 1 },
    ])
  })

  it('names two forks that would push one candidate', () => {
    const second = `  other:
    upstream: codex
    remotes: { origin: git@github.com:me/codex.git }
    branch: lts
    verify: []
`
    expect(problems(example + second)).toMatchObject([
      {
        kind: 'bad-ref',
        path: 'forks.other.publish.candidate',
        message: expect.stringContaining('`my-codex`'),
      },
    ])
    expect(problems(`${example + second}    publish: { candidate: "undrift/{fork}/{tag}" }\n`)).toEqual([])
  })

  it('is painted only when asked for', () => {
    expect(renderProblems(problems('x: 1'), { color: true })).toContain('\u001b[')
    expect(renderProblems(problems('x: 1'), { color: false })).not.toContain('\u001b[')
  })
})
