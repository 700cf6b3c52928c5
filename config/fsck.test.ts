import { describe, expect, it } from 'vitest'
import { parseConfig } from './parse-config.ts'
import { example } from './testing-example.ts'

function parsed(line: string) {
  return parseConfig(example.replace('    poll: 10m\n', `    poll: 10m\n    fsck: ${line}\n`), 'undrift.yaml')
}

describe('fsck', () => {
  it('goes to where the upstream is fetched from', () => {
    const good = parsed('{ ignore: [badDate, treeNotSorted] }')
    if (good.kind === 'invalid') throw new Error('not taken')
    expect(good.config.upstreams[0]?.git.ignore).toEqual(['badDate', 'treeNotSorted'])
  })

  it('goes to every remote of a fork', () => {
    const text = example.replace(
      '    branch: main\n',
      '    branch: main\n    fsck: { ignore: [badTagName] }\n',
    )
    const good = parseConfig(text, 'undrift.yaml')
    if (good.kind === 'invalid') throw new Error('not taken')
    expect(good.config.forks[0]?.remotes.map(({ ignore }) => ignore)).toEqual([
      ['badTagName'],
      ['badTagName'],
    ])
  })

  it('of an upstream goes to the remotes of its forks, which hold the same history', () => {
    const good = parsed('{ ignore: [treeNotSorted] }')
    if (good.kind === 'invalid') throw new Error('not taken')
    expect(good.config.forks[0]?.remotes.map(({ ignore }) => ignore)).toEqual([
      ['treeNotSorted'],
      ['treeNotSorted'],
    ])
  })

  it.each([
    ['hasDotgit', 'no config lets this in'],
    ['gitmodulesurl', 'no config lets this in'],
    ['badDat', 'Git knows no such fault'],
  ])('refuses %s', (id, message) => {
    const bad = parsed(`{ ignore: [${id}] }`)
    expect(bad).toMatchObject({ kind: 'invalid', problems: [{ message: expect.stringContaining(message) }] })
  })
})
