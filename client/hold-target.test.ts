import { describe, expect, it } from 'vitest'
import type { UndriftError } from '../domain/errors.ts'
import { type FollowedUpstream, findTarget } from './hold-target.ts'

const watched: readonly FollowedUpstream[] = [
  { upstream: 'codex', lines: ['my-codex/main', 'my-codex/lts', 'tally/main'] },
  { upstream: 'tally', lines: [] },
]

function find(word: string, meant: 'upstream' | 'fork' | null = null) {
  return findTarget(word, watched, { meant, command: 'undrift hold' })
}

function failure(word: string, meant: 'upstream' | 'fork' | null = null): UndriftError {
  try {
    find(word, meant)
  } catch (error) {
    return error as UndriftError
  }
  throw new Error(`${word} was found`)
}

describe('what is to be held', () => {
  it('is an upstream, a fork or one line of it', () => {
    expect(find('codex')).toEqual({ upstream: 'codex', fork: null, line: null })
    expect(find('my-codex')).toEqual({ upstream: 'codex', fork: 'my-codex', line: null })
    expect(find('my-codex/lts')).toEqual({ upstream: 'codex', fork: 'my-codex', line: 'lts' })
  })

  it('must be told apart where an upstream and a fork have one name', () => {
    expect(failure('tally')).toMatchObject({
      code: 'UNDRIFT_E_USAGE',
      message: '`tally` is an upstream and a fork.',
      hint: 'Say which: undrift hold tally --upstream, or undrift hold tally --fork',
    })
    expect(find('tally', 'upstream')).toEqual({ upstream: 'tally', fork: null, line: null })
    expect(find('tally', 'fork')).toEqual({ upstream: 'codex', fork: 'tally', line: null })
  })

  it('is not guessed, but the nearest is named', () => {
    expect(failure('my-codx')).toMatchObject({ exitCode: 2, hint: 'Did you mean `my-codex`?' })
    expect(failure('my-codex/lst').hint).toBe('Did you mean `my-codex/lts`?')
    expect(failure('zebra').hint).toMatch(/^Watched: codex, my-codex, tally, /)
    expect(failure('codex', 'fork')).toMatchObject({ message: 'There is no fork `codex` that is watched.' })
  })

  it('must name the upstream where a fork follows two', () => {
    const both = [...watched, { upstream: 'other', lines: ['my-codex/main'] as const }]
    expect(() => findTarget('my-codex', both, { meant: null, command: 'undrift hold' })).toThrow(
      'follows several upstreams: codex, other',
    )
  })
})
