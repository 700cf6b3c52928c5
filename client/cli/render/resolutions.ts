import { shellWord } from '../../../domain/shell-word.ts'
import { displayPath } from '../../../git/objects/bytes.ts'
import type { KeptResolution } from '../../find-resolution.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { oneLine, table } from './table.ts'

const shownPaths = 3

/** Every resolution in a line: its key, who, when, which patch, which paths. */
export function renderResolutions(
  kept: readonly KeptResolution[],
  { now, style }: { readonly now: Date; readonly style: Style },
): string {
  if (kept.length === 0) return 'No resolution is remembered.'
  return table(
    kept.map(({ resolution }) => {
      const names = resolution.paths.map(({ path }) => oneLine(displayPath(path).text))
      const rest = names.length > shownPaths ? ` and ${names.length - shownPaths} more` : ''
      return [
        style.bold(resolution.key.slice(0, 12)),
        oneLine(resolution.by),
        style.dim(age(resolution.at, now)),
        oneLine(resolution.patch.subject),
        names.slice(0, shownPaths).join(', ') + rest,
      ]
    }),
  )
}

/** One resolution with all that it settles, and how to read and revoke it. */
export function renderResolution({ resolution, mirror, upstream }: KeptResolution, style: Style): string {
  const { key, by, at, attempt, patch, paths, more } = resolution
  const settled = paths.map(({ path, kind, settled: to }) => [path, kind, to] as const)
  const beyond = more.map(({ path, after }) => [path, 'beyond the conflict', after] as const)
  return [
    style.bold(key),
    table([
      ['by', oneLine(by)],
      ['at', at],
      ['attempt', attempt === null ? '' : oneLine(attempt)],
      ['patch', `${patch.oid.slice(0, 10)} ${oneLine(patch.subject)}`],
      ['upstream', oneLine(upstream)],
    ]),
    '',
    table(
      [...settled, ...beyond].map(([path, kind, to]) => [
        oneLine(displayPath(path).text),
        kind,
        to === null ? 'removed' : to.oid.slice(0, 10),
      ]),
    ),
    '',
    `Read it:   ${style.cyan(`git --git-dir ${shellWord(mirror.path)} show ${resolution.oid.slice(0, 12)}`)}`,
    `Revoke it: ${style.cyan(`undrift resolutions revoke ${key.slice(0, 12)}`)}`,
  ].join('\n')
}
