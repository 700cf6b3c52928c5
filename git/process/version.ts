import { UndriftError } from '../../domain/errors.ts'
import { runGit } from './command.ts'

export interface GitVersion {
  readonly major: number
  readonly minor: number
  readonly text: string
}

const floor = { major: 2, minor: 38 }
/** By PATH, because that is what decides which git it is. */
const probed = new Map<string, Promise<GitVersion>>()

/** The version of the git on the PATH, asked for once; throws UNDRIFT_E_GIT_VERSION below 2.38. */
export function gitVersion(): Promise<GitVersion> {
  const path = process.env.PATH ?? ''
  const known = probed.get(path)
  if (known) return known
  const asked = probe()
  probed.set(path, asked)
  asked.catch(() => probed.delete(path))
  return asked
}

/** Whether this git is at least that version. */
export function atLeast(version: GitVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor)
}

/** Git's own version line as numbers; null when it is none. */
export function parseVersion(line: string): GitVersion | null {
  const match = /^git version ((\d+)\.(\d+)\S*)/.exec(line)
  if (!match) return null
  return { major: Number(match[2]), minor: Number(match[3]), text: match[1] ?? '' }
}

async function probe(): Promise<GitVersion> {
  const answer = await runGit({ cwd: '/' }, ['--version'])
  const line = answer.stdout.toString('utf8').trim()
  const version = parseVersion(line)
  if (!version) throw new UndriftError('UNDRIFT_E_GIT_VERSION', `git says "${line}", which names no version.`)
  if (!atLeast(version, floor.major, floor.minor)) {
    throw new UndriftError(
      'UNDRIFT_E_GIT_VERSION',
      `Git ${version.text} is too old: ${floor.major}.${floor.minor} is needed.`,
    )
  }
  return version
}
