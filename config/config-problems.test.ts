import { describe, expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'
import type { ConfigProblem } from './problem.ts'
import { renderProblems } from './render-problems.ts'
import { example } from './testing-example.ts'

function problems(text: string): readonly ConfigProblem[] {
  const parsed = parseConfig(text, 'undrift.yaml')
  return parsed.kind === 'invalid' ? parsed.problems : []
}

describe('what is wrong with a config', () => {
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
