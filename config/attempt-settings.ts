import { UndriftError } from '../domain/errors.ts'
import { tagRulesOf } from '../domain/lines/line-rules.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { readVersion } from '../domain/version/read-version.ts'
import type { Config } from './config.ts'
import { nearest } from './nearest.ts'

/** Which line of a fork is meant, where it has several. */
export interface WantedLine {
  readonly line?: string | undefined
  /** The release that it is for: the one line whose rules take it is meant when none is named. */
  readonly tag?: string | undefined
}

/**
 * What an attempt of this line of a fork needs to know; the word is `FORK` or `FORK/LINE`. Errors: UNDRIFT_E_NOT_FOUND, and
 * UNDRIFT_E_USAGE where a fork has several lines and none is named.
 */
export function toAttemptSettings(config: Config, word: string, wanted: WantedLine = {}): AttemptSettings {
  const [forkName = '', lineInWord] = word.split('/', 2)
  const lines = linesOf(config, forkName)
  if (lines.length === 0) throw noSuchFork(config, forkName)
  const line = wanted.line ?? lineInWord
  if (wanted.line !== undefined && lineInWord !== undefined && wanted.line !== lineInWord) {
    throw new UndriftError('UNDRIFT_E_USAGE', `\`${word}\` and --line ${wanted.line} name two lines.`)
  }
  if (line !== undefined) {
    const found = lines.find(({ fork }) => fork.line === line)
    if (found) return found
    throw noSuchLine(lines, line)
  }
  const { tag } = wanted
  const taking = tag === undefined ? lines : takersOf(lines, tag)
  const [only] = taking
  if (taking.length === 1 && only !== undefined) return only
  throw new UndriftError(
    'UNDRIFT_E_USAGE',
    `The fork ${forkName} has several lines${whichTake(taking, tag)}.`,
    {
      hint: `Name one with --line: ${namesOf(lines)}.`,
    },
  )
}

/** What an attempt needs to know of each line of a fork; none where there is no such fork. */
function linesOf(config: Config, forkName: string): readonly AttemptSettings[] {
  return config.forks.flatMap((fork) => {
    const upstream = config.upstreams.find(({ name }) => name === fork.upstream)
    return fork.name === forkName && upstream ? { upstream, fork } : []
  })
}

/** Of the lines of one fork, those whose rules take a release; all where there is but one. */
function takersOf(lines: readonly AttemptSettings[], tag: string): readonly AttemptSettings[] {
  return lines.length === 1 ? lines : lines.filter((each) => takes(each, tag))
}

function takes({ upstream, fork }: AttemptSettings, tag: string): boolean {
  // Where a tag stands among the others by its commit says nothing of whether it is taken.
  return readVersion(tag, tagRulesOf(upstream, fork), { positionOf: () => 0 }).kind === 'version'
}

function whichTake(taking: readonly AttemptSettings[], tag: string | undefined): string {
  if (tag === undefined) return ''
  return taking.length === 0 ? `, and the rules of none take ${tag}` : `, and ${namesOf(taking)} take ${tag}`
}

function noSuchFork(config: Config, forkName: string): UndriftError {
  const names = [...new Set(config.forks.map(({ name }) => name))]
  const near = nearest(forkName, names)
  return new UndriftError('UNDRIFT_E_NOT_FOUND', `There is no fork \`${forkName}\` in ${config.path}.`, {
    hint: near ? `Did you mean \`${near}\`?` : `The forks are: ${names.join(', ') || 'none'}.`,
  })
}

function noSuchLine(lines: readonly AttemptSettings[], line: string): UndriftError {
  const names = lines.map(({ fork }) => fork.line)
  const near = nearest(line, names)
  return new UndriftError('UNDRIFT_E_NOT_FOUND', `The fork ${lines[0]?.fork.name} has no line \`${line}\`.`, {
    hint: near ? `Did you mean \`${near}\`?` : `Its lines are: ${names.join(', ')}.`,
  })
}

function namesOf(lines: readonly AttemptSettings[]): string {
  return lines.map(({ fork }) => fork.line).join(', ')
}
