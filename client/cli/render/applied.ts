import type { AppliedWatch } from '../../apply-watches.ts'
import type { Style } from '../style.ts'
import { table } from './table.ts'

/** What became of each watch, for a person. */
export function renderApplied(
  watches: readonly AppliedWatch[],
  options: { readonly dataOption: string; readonly style: Style },
): string {
  const { style } = options
  if (watches.length === 0) return 'The config names no upstream; nothing is watched.'
  const lines = table(
    watches.flatMap((watch) => [
      [watch.upstream, changeWord(watch.change, style), following(watch, style)],
      ...(watch.keys ?? []).map((key) => ['', '', style.dim(key)]),
    ]),
  )
  const left = watches.filter((watch) => watch.change === 'not-in-config').length
  if (left === 0) return lines
  const [subject, what] =
    left === 1 ? ['One watch is', 'goes on; to end it'] : [`${left} watches are`, 'go on; to end them']
  return `${lines}\n${subject} not in the config and ${what}: undrift apply${options.dataOption} --prune`
}

function following(watch: AppliedWatch, style: Style): string {
  if (watch.forks.length > 0) return `followed by ${watch.forks.join(', ')}`
  return watch.change === 'removed' || watch.change === 'not-in-config'
    ? ''
    : style.yellow('no fork follows it')
}

function changeWord(change: AppliedWatch['change'], style: Style): string {
  switch (change) {
    case 'new':
      return style.green('new')
    case 'changed':
      return style.cyan('changed')
    case 'unchanged':
      return style.dim('unchanged')
    case 'not-in-config':
      return style.yellow('not in the config')
    case 'removed':
      return style.red('removed')
  }
}
