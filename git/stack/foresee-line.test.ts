import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lines, makeGround, type PlanGround } from '../replay/plan-testing.ts'

const topics = 12
const path = process.env.PATH
let ground: PlanGround
beforeEach(() => {
  ground = makeGround()
})
afterEach(() => {
  process.env.PATH = path
  ground.remove()
})

/** Puts a git before the real one that notes every merge it is asked for; tells how many there were. */
function countMerges(): () => number {
  const bin = `${ground.folder}/bin`
  const log = `${ground.folder}/merges`
  const git = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  mkdirSync(bin)
  writeFileSync(
    `${bin}/git`,
    `#!/bin/sh\ncase "$*" in *merge-tree*) echo x >>'${log}' ;; esac\nexec '${git}' "$@"\n`,
  )
  chmodSync(`${bin}/git`, 0o755)
  process.env.PATH = `${bin}:${path}`
  return () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0)
}

it('merges what a line of many topic branches needs in a few goes', { timeout: 60_000 }, async () => {
  const { repo } = ground
  const own: Record<number, string> = {}
  for (let each = 0; each < topics; each += 1) {
    const line = 1 + each * 3
    repo.git('checkout', '-q', '-b', `topic-${each}`, 'main')
    const isFirst = each % 2 === 0
    repo.commit(
      `topic ${each}`,
      isFirst
        ? { 'a.txt': lines({ [line]: `topic ${each}` }) }
        : { 'b.txt': lines({ [line]: `topic ${each}` }) },
    )
    repo.git('checkout', '-q', 'fork')
    repo.git('merge', '-q', '--no-ff', '-m', `merge topic ${each}`, `topic-${each}`)
    own[line] = `topic ${each}`
  }
  repo.git('checkout', '-q', 'main')
  repo.commit('upstream', { 'c.txt': 'upstream\n' })
  const merges = countMerges()
  const plan = await ground.plan({}, {}, { mergePath: 'process' })
  expect(plan.result.kind).toBe('done')
  expect(plan.patches.map(({ subject }) => subject)).toEqual(
    Array.from({ length: topics }, (_, each) => `topic ${each}`),
  )
  expect(plan.merges).toHaveLength(topics)
  // One for each file's latest topic in turn; each topic by itself would be as many as there are topics.
  expect(merges()).toBeLessThan(topics - 2)
})
