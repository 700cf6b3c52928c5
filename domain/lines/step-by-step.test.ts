import { expect, it } from 'vitest'
import type { StepRule } from '../settings.ts'
import { nothingKnown, type WatchKnowledge } from '../watch.ts'
import { chooseForLines } from './choose-for-lines.ts'
import { hour, noon, releases, repositoryOf, rulesOf } from './testing.ts'

const names = Array.from({ length: 1_050 }, (_, index) => `v1.${index}.0`)
const tags = repositoryOf(names)

/** Sends what comes next until nothing does; what each of the lines got. */
function walk(steps: readonly StepRule[], most: number) {
  const rules = steps.map((step) => rulesOf({ lines: [`mine/${step}`], step }))
  let known: WatchKnowledge = chooseForLines({
    known: nothingKnown,
    observed: releases('v1.0.0'),
    rules,
    now: noon,
    tags,
  }).known
  const sent = new Map<string, string[]>(steps.map((step) => [`mine/${step}`, []]))
  for (let round = 1; round < most; round++) {
    const now = noon + round * hour
    const observed = releases(...names).toReversed()
    const choice = chooseForLines({ known, observed, rules, now, tags, isBusy: () => false })
    known = choice.known
    for (const { release, lines } of choice.starts) {
      for (const line of lines) sent.get(line)?.push(release.tag)
    }
    if (choice.starts.length === 0) break
  }
  return sent
}

it('takes each of more releases than one choice looks at, from the oldest on', () => {
  expect(walk(['each'], 70).get('mine/each')).toEqual(names.slice(1, 70))
}, 120_000)

it('does so beside a line that takes the newest alone', () => {
  const sent = walk(['latest', 'each'], 20)
  expect(sent.get('mine/latest')).toEqual(['v1.1049.0'])
  expect(sent.get('mine/each')).toEqual(names.slice(1, 20))
}, 120_000)
