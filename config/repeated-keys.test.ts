import { expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'

function problems(text: string): readonly string[] {
  const parsed = parseConfig(text, 'undrift.yaml')
  if (parsed.kind === 'ok') return []
  return parsed.problems.map(({ line, kind, path, message }) => `${line} ${kind} ${path}: ${message}`)
}

const head = `upstreams:
  codex:
    git: https://github.com/openai/codex.git
    feed: https://github.com/openai/codex/releases.atom
`
const fork = (name: string) => `  ${name}:
    upstream: codex
    remotes: { origin: git@github.com:me/${name}.git }
    branch: main
    verify: []
`

it('finds what is wrong below both of two equal keys, and invents nothing that is missing', () => {
  const text = `${head}    poll: often\nforks:\n${fork('mine')}upstreams:\n  node:\n    git: https://github.com/nodejs/node.git\n    feed: no\n`
  expect(problems(text)).toEqual([
    '5 bad-duration upstreams.codex.poll: this is not a duration',
    '12 duplicate-key : this key stands here twice',
    '15 bad-url upstreams.node.feed: this is not the URL of a feed',
  ])
})

it('reads a fork that stands twice as one, wherever its parts are', () => {
  const text = `${head}forks:\n${fork('mine').replace('    branch: main\n', '')}  mine:\n    branch: main\n    sandbox: nothing\n`
  expect(problems(text)).toEqual([
    '10 duplicate-key : this key stands here twice',
    '12 bad-value forks.mine.sandbox: this is none of the choices',
  ])
})

it('names three equal keys, and what is wrong below the first, second and third', () => {
  const [one, two, three] = ['a', 'b', 'c'].map((name) => fork(name).replace('branch: main', 'branch: HEAD'))
  const text = `${head}forks:\n${one}forks:\n${two}forks:\n${three}`
  expect(problems(text).map((problem) => problem.replace(/:.*/, ''))).toEqual([
    '9 bad-ref forks.a.branch',
    '11 duplicate-key ',
    '15 bad-ref forks.b.branch',
    '17 duplicate-key ',
    '21 bad-ref forks.c.branch',
  ])
})

it('lets the last of two plain values count, and blots out a secret in the first', () => {
  const text = `${head}forks:\n${fork('mine').replace('branch: main', 'branch: HEAD\n    branch: main')}`
  expect(problems(text)).toEqual(['10 duplicate-key : this key stands here twice'])
  const secret = `ghp_${'a'.repeat(36)}`
  const parsed = parseConfig(
    `${head.replace('git: ', `git: { token: ${secret} }\n    git: `)}forks: {}\n`,
    'undrift.yaml',
  )
  expect(JSON.stringify(parsed)).not.toContain(secret)
})
