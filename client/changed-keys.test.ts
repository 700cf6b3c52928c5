import { expect, it } from 'vitest'
import { parseConfig } from '../config/parse-config.ts'
import { example } from '../config/testing-example.ts'
import { changedKeys, type WatchSettings } from './changed-keys.ts'

function settings(...changes: readonly (readonly [string, string])[]): WatchSettings {
  let text = example
  for (const [from, to] of changes) {
    expect(text).toContain(from)
    text = text.replace(from, () => to)
  }
  const parsed = parseConfig(text, 'undrift.yaml')
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems))
  const [upstream] = parsed.config.upstreams
  if (upstream === undefined) throw new Error('no upstream')
  return { upstream, forks: parsed.config.forks }
}

it.each([
  [[['poll: 10m', 'poll: 20m']], ['upstreams.codex.poll']],
  [[['prefix: rust-v', 'prefix: v']], ['upstreams.codex.tags']],
  [[['branch: main', 'branch: next']], ['forks.my-codex.branch']],
  [
    [
      ['branch: main', 'branch: main\n    lines: { lts: { branch: lts } }'],
      ['candidate/{tag}', 'candidate/{line}/{tag}'],
    ],
    ['forks.my-codex.publish', 'forks.my-codex.lines.lts'],
  ],
  [[], []],
] as const)('names the keys of the config that changed: %j', (changes, keys) => {
  expect(changedKeys(settings(), settings(...changes))).toEqual(keys)
})
