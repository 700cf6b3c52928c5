import type { ReleaseState } from '../../releases/release-states.ts'
import type { ReleaseView } from '../../releases/tag-list.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { oneLine, table } from './table.ts'

export interface ShownReleases extends ReleaseView {
  /** Where releases stand with the watch, by tag; empty where none was asked. */
  readonly states: ReadonlyMap<string, ReleaseState>
}

/** Every tag with its version, its age and what the rules made of it. */
export function renderReleases(
  view: ShownReleases,
  { now, style }: { readonly now: Date; readonly style: Style },
): string {
  if (view.releases.length === 0) return 'There are no tags.'
  const rows = view.releases.map(({ tag, version, prerelease, status, reason, detail }) => {
    const date = view.dates.get(tag)
    return [
      status === 'skipped' ? style.dim(oneLine(tag)) : style.bold(oneLine(tag)),
      oneLine(version ?? ''),
      date === undefined ? '' : age(new Date(date * 1000).toISOString(), now),
      status === 'skipped' ? style.dim(oneLine(detail)) : taken(status, { prerelease, style }),
      reason === 'older' ? '' : stateWord(view.states.get(tag) ?? null, style),
    ]
  })
  const skipped = view.releases.filter(({ status }) => status === 'skipped').length
  const counts = `${view.releases.length - skipped} taken, ${skipped} left out`
  const summary =
    view.newest === null ? `No release: ${counts}.` : `Newest: ${oneLine(view.newest)} (${counts})`
  const alarms = [...view.states].flatMap(([tag, state]) => {
    const evidence = state?.evidence ?? []
    return evidence.length === 0
      ? []
      : [`${style.red('integrity alarm:')} ${oneLine(tag)}`, ...evidence.map((line) => `  ${oneLine(line)}`)]
  })
  return [table(rows), style.bold(summary), ...alarms].join('\n')
}

function taken(
  status: 'newest' | 'eligible',
  { prerelease, style }: { readonly prerelease: boolean; readonly style: Style },
): string {
  const word = prerelease ? `${status}, a pre-release` : status
  return status === 'newest' ? style.green(word) : style.cyan(word)
}

function stateWord(found: ReleaseState | null, style: Style): string {
  if (found === null) return ''
  // A hold and an age say of themselves that the release waits.
  const words =
    found.detail === null
      ? found.state
      : `${found.state === 'held' ? '' : `${found.state}: `}${oneLine(found.detail)}`
  switch (found.state) {
    case 'sent':
      return style.green(words)
    case 'baseline':
    case 'left-out':
      return style.dim(words)
    case 'alarm':
      return style.red(words)
    case 'held':
    case 'waiting':
      return style.yellow(words)
  }
}
