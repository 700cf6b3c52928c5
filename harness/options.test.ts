import { describe, expect, it } from 'vitest'
import { readOptions } from './options.ts'

describe('the command line of the harness', () => {
  const names = ['conflict', 'dry-run']

  it('plays everything when nothing is said', () => {
    expect(readOptions([], names)).toEqual({ keep: false, only: null, json: null, histories: null })
  })

  it('takes names, a file for the report and a folder for the histories', () => {
    const argv = ['--only', 'conflict', '--only', 'dry-run', '--json', 'r.json', '--histories', 'h', '--keep']
    expect(readOptions(argv, names)).toEqual({ keep: true, only: names, json: 'r.json', histories: 'h' })
  })

  it.each([
    [['--only', 'conflikt'], 'There is no scenario "conflikt"; there are conflict, dry-run.'],
    [['--fast'], '--fast'],
    [['conflict'], 'conflict'],
  ])('says what is wrong with %j', (argv, sentence) => {
    expect(readOptions(argv, names)).toContain(sentence)
  })
})
