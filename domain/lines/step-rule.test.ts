import { describe, expect, it } from 'vitest'
import type { StepRule } from '../settings.ts'
import { lineReader } from './line-reader.ts'
import { takeStep } from './step-rule.ts'

const reader = lineReader({ prefix: 'v', prereleases: true })

function step(
  rule: StepRule,
  tags: string,
  more: { readonly blocked?: string; readonly busy?: boolean } = {},
) {
  const blocked = (more.blocked ?? '').split(' ')
  const choice = takeStep({
    step: rule,
    tags: tags.split(' '),
    reader,
    busy: more.busy ?? false,
    isFree: (tag) => !blocked.includes(tag),
  })
  return [
    choice.start,
    choice.waiting.join(' '),
    choice.skipped.map(({ tag, reason }) => `${tag} ${reason}`).join('; '),
  ]
}

describe('of several releases', () => {
  it('`latest` takes the newest that may start, passes over what is older and waits with what is newer', () => {
    expect(step('latest', 'v1.1 v1.2 v1.3')).toEqual([
      'v1.3',
      '',
      'v1.1 step: v1.3 is newer; v1.2 step: v1.3 is newer',
    ])
    expect(step('latest', 'v1.1 v1.2 v1.3', { blocked: 'v1.3' })).toEqual([
      'v1.2',
      'v1.3',
      'v1.1 step: v1.2 is newer',
    ])
    expect(step('latest', 'v1.1 v1.2', { blocked: 'v1.1 v1.2' })).toEqual([null, 'v1.1 v1.2', ''])
  })

  it('`latest` waits with ten at most', () => {
    const tags = Array.from({ length: 12 }, (_, index) => `v${index}`).join(' ')
    const [start, waiting, skipped] = step('latest', tags, { blocked: tags })
    expect([start, waiting?.split(' ').length]).toEqual([null, 10])
    expect(skipped).toBe('v0 step: v2 is newer; v1 step: v2 is newer')
  })

  it('`each` takes the oldest once the one before has ended, and none before its turn', () => {
    expect(step('each', 'v1.1 v1.2')).toEqual(['v1.1', 'v1.2', ''])
    expect(step('each', 'v1.1 v1.2', { busy: true })).toEqual([null, 'v1.1 v1.2', ''])
    expect(step('each', 'v1.1 v1.2', { blocked: 'v1.1' })).toEqual([null, 'v1.1 v1.2', ''])
  })

  it('`each-minor` takes the newest of the oldest minor, one minor after the other', () => {
    expect(step('each-minor', 'v1.1.0 v1.1.3 v1.2.0 v1.2.1 v2.0.0')).toEqual([
      'v1.1.3',
      'v1.2.1 v2.0.0',
      'v1.1.0 step: v1.1.3 is newer; v1.2.0 step: v1.2.1 is newer',
    ])
    expect(step('each-minor', 'v1.1.0 v1.1.3 v1.2.0', { blocked: 'v1.1.3' })).toEqual([
      'v1.1.0',
      'v1.1.3 v1.2.0',
      '',
    ])
    expect(step('each-minor', 'v1.1.0 v1.2.0', { busy: true })).toEqual([null, 'v1.1.0 v1.2.0', ''])
    expect(step('each-minor', 'v1 v2')).toEqual(['v1', 'v2', ''])
  })
})
