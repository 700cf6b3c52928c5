import type { ConflictPath } from '../../../domain/patch.ts'
import { shellWord } from '../../../domain/shell-word.ts'
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
    ...advice(view.paths).map((line) => `  ${line}`),
    `Then: ${style.cyan(view.command)}`,
    '',
    view.id,
  ].join('\n')
}

/** How the kinds of conflict that are there are settled; a content may be a symlink's, which has no markers. */
function advice(paths: readonly ConflictPath[]): readonly string[] {
  const marked = paths.some(({ kind }) => kind === 'content' || kind === 'add/add')
  const unmarked = paths.some(({ kind }) => !['content', 'add/add', 'submodule'].includes(kind))
  const submodule = paths.find(({ kind }) => kind === 'submodule')
  return [
    ...(marked ? ['Edit the files until no markers are left; `git mergetool` works there, too.'] : []),
    ...(marked || unmarked
      ? [
          `${marked ? 'What has no markers' : 'Nothing is marked: each path'} needs a choice: \`git add\` it as it lies there, or \`git rm\` it;`,
          '`git checkout --ours` (the new base) or `--theirs` (the patch) brings a side first.',
        ]
      : []),
    ...(submodule
      ? [
          'A submodule is settled by its commit: `git ls-files -u` shows them (2: the new base, 3: the patch), and',
          `\`git update-index --cacheinfo 160000,COMMIT,${oneLine(shellWord(submodule.path))}\` takes one.`,
        ]
      : []),
  ]
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
