import type { PathInHands } from '../../../git/index.ts'
import type { Style } from '../style.ts'
import { oneLine, table } from './table.ts'

export interface ConflictView {
  readonly id: string
  readonly path: string
  readonly paths: readonly PathInHands[]
  readonly patch: { readonly oid: string; readonly subject: string }
  /** What takes the result. */
  readonly command: string
}

/** Where a conflict lies and what to do about it; the last line names the attempt. */
export function renderConflict(view: ConflictView, style: Style): string {
  return [
    `${style.yellow('Conflict')} in the patch ${view.patch.oid.slice(0, 10)} "${oneLine(view.patch.subject)}"`,
    table(view.paths.map(({ path, kind }) => [`  ${kind}`, oneLine(path)])),
    '',
    `Settle it in ${style.bold(view.path)}`,
    ...advice(view.paths).map((line) => `  ${line}`),
    `Then: ${style.cyan(view.command)}`,
    '',
    view.id,
  ].join('\n')
}

/** How each path is settled: with markers by an edit, without by the choice that it needs. */
function advice(paths: readonly PathInHands[]): readonly string[] {
  const choices = paths.flatMap(({ path, choice }) =>
    choice === null ? [] : [`${oneLine(path)}: ${oneLine(choice)}`],
  )
  return choices.length === paths.length
    ? choices
    : ['Edit the files until no markers are left; `git mergetool` works there, too.', ...choices]
}

/** What is still missing before the result can be taken. */
export function renderUnsettled(
  view: {
    readonly dir: string
    readonly paths: readonly { readonly path: string; readonly why: string }[]
    /** What takes the result. */
    readonly command: string
  },
  style: Style,
): string {
  return [
    `${style.yellow('Not settled yet')} in ${style.bold(view.dir)}`,
    ...view.paths.map(({ path, why }) => `  ${oneLine(path)}: ${oneLine(why)}`),
    `Then: ${style.cyan(view.command)}`,
  ].join('\n')
}

/** A conflict that was settled, while the attempt does not know of it. */
export function renderSettled(command: string, style: Style): string {
  return `The conflict is settled already; let the attempt go on with: ${style.cyan(command)}`
}
