import type { ConflictPath } from '../../../domain/patch.ts'
import type { Style } from '../style.ts'
import { oneLine, table } from './table.ts'

export interface ConflictView {
  readonly id: string
  readonly path: string
  readonly paths: readonly ConflictPath[]
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
    '  Edit the files until no markers are left; `git rm`, `git checkout --ours` and `git mergetool` work there, too.',
    `Then: ${style.cyan(view.command)}`,
    '',
    view.id,
  ].join('\n')
}

/** What is still missing before the result can be taken. */
export function renderUnsettled(
  dir: string,
  paths: readonly { readonly path: string; readonly why: string }[],
  style: Style,
): string {
  return [
    `${style.yellow('Not settled yet')} in ${dir}`,
    ...paths.map(({ path, why }) => `  ${oneLine(path)}: ${oneLine(why)}`),
  ].join('\n')
}

/** A conflict that was settled, while the attempt does not know of it. */
export function renderSettled(command: string, style: Style): string {
  return `The conflict is settled already; let the attempt go on with: ${style.cyan(command)}`
}
