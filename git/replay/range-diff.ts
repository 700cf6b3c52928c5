import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { assertOid } from '../mirror/queries.ts'
import { readableText, toBytes } from '../objects/bytes.ts'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'

/** A stack by the commit that it stands on and its last patch. */
export interface StackEnds {
  readonly base: Oid
  readonly head: Oid
}

/** Git compares every patch with every other: its time grows with the square of the stack. */
const mostPatches = 400
/** Characters; what is longer is cut, and says how to see all of it. */
const longestText = 256 * 1024

/**
 * Git's own range-diff between a stack and its replayed self, for a reviewer. The same commits give the same text on
 * every machine with the same Git.
 */
export async function rangeDiff(mirror: Mirror, before: StackEnds, after: StackEnds): Promise<string> {
  const ranges = rangesOf(before, after)
  const shown = ['--no-color', '--no-notes', '--no-ext-diff', '--no-textconv', '--abbrev=12']
  const command = `git range-diff ${ranges.join(' ')}`
  const counts = await Promise.all(ranges.map((range) => countOf(mirror, range)))
  const longest = Math.max(...counts)
  if (longest > mostPatches) return `${longest} patches are too many to compare here; run: ${command}\n`
  // Git refuses an empty range.
  if (before.base === before.head) return ''
  if (after.base === after.head) return allGone(mirror, ranges[0])
  // How long an abbreviated id is must not depend on how many objects the mirror has.
  const config = [['core.abbrev', '12']] as const
  const answer = await runGit(mirror, ['range-diff', ...shown, ...ranges], { config })
  const text = readableText(toBytes(answer.stdout), null)
  if (text.length <= longestText) return text
  const whole = text.slice(0, text.lastIndexOf('\n', longestText) + 1)
  return `${whole}… and ${text.length - whole.length} characters more; run: ${command}\n`
}

/**
 * Throws UNDRIFT_E_INTERNAL where a range-diff does not show every new commit on its right side. One that was cut or
 * not made says nothing, and passes.
 */
export function assertShowsAll(text: string, made: number): void {
  if (/^(?:…|\d+ patches are)/m.test(text)) return
  const right = text.split('\n').filter((line) => /^ *(?:-|\d+): +\S+ [=!>] +\d+: /.test(line)).length
  if (right === made) return
  throw new UndriftError(
    'UNDRIFT_E_INTERNAL',
    `The range-diff shows ${right} new commits of ${made}; nothing was kept.`,
  )
}

function rangesOf(before: StackEnds, after: StackEnds): readonly [string, string] {
  for (const oid of [before.base, before.head, after.base, after.head]) assertOid(oid)
  return [`${before.base}..${before.head}`, `${after.base}..${after.head}`]
}

/** What range-diff would show of a stack of which nothing is left. */
async function allGone(mirror: Mirror, range: string): Promise<string> {
  const argv = ['log', '--reverse', '--topo-order', '--no-merges', '--no-show-signature', '--abbrev=12']
  const answer = await runGit(mirror, [...argv, '--encoding=UTF-8', '--format=%h %s', range])
  const patches = readableText(toBytes(answer.stdout), null).split('\n').filter(Boolean)
  const wide = String(patches.length).length
  const gap = `${'-'.padStart(wide)}:  ${'-'.repeat(12)}`
  return patches
    .map((patch, index) => {
      const [oid = '', ...subject] = patch.split(' ')
      return `${String(index + 1).padStart(wide)}:  ${oid} < ${gap} ${subject.join(' ')}\n`
    })
    .join('')
}

async function countOf(mirror: Mirror, range: string): Promise<number> {
  const answer = await runGit(mirror, ['rev-list', '--count', '--no-merges', range])
  return Number(answer.stdout.toString('latin1'))
}
