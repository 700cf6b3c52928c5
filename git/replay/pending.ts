import { type GeneratedRule, type PendingFiles, standInReason } from '../../domain/generated.ts'
import type { Oid } from '../../domain/patch.ts'
import { displayPath } from '../objects/bytes.ts'
import type { Change } from '../stack/change.ts'
import type { Laid, LaidFile } from './generated.ts'
import type { Fate } from './record.ts'

type RunRule = Extract<GeneratedRule, { kind: 'run' }>

/** A patch that was replayed with generated files of its own. */
export interface LaidPatch {
  readonly change: Change
  readonly newOid: Oid
  readonly laid: Laid
}

/** The rules whose files wait to be made again for a patch. */
export function waiting({ files }: Laid): ReadonlySet<RunRule> {
  const isMet = (rule: GeneratedRule) =>
    files.some((one) => one.file.rule === rule && (one.how === 'stands-in' || one.how === 'removed'))
  // Where all that the patch does is to remove files, nothing is left to be made.
  const rules = files
    .filter(({ file }) => file.after !== null && isMet(file.rule))
    .map(({ file }) => file.rule)
  return new Set(rules.filter((rule) => rule.kind === 'run'))
}

/**
 * What is to be made again when all is replayed: where a patch met upstream in files of a command, unless the last patch
 * that changed files of the pattern only removed them. That last patch gets what is made.
 */
export function pendingFiles(patches: readonly LaidPatch[]): readonly PendingFiles[] {
  const rules = new Set(patches.flatMap(({ laid }) => [...waiting(laid)]))
  return [...rules].flatMap((rule) => {
    const own = patches.filter(({ laid }) => laid.files.some(({ file }) => file.rule === rule))
    const last = own.at(-1)
    if (!last?.laid.files.some(({ file }) => file.rule === rule && file.after !== null)) return []
    const { pattern, command } = rule
    const met = own.filter(({ laid }) => waiting(laid).has(rule)).map(({ newOid }) => newOid)
    return [{ pattern, command, patch: last.change.patch.oid, commit: last.newOid, met }]
  })
}

/** The fate of a patch with what became of its generated files in it. */
export function withGenerated(fate: Fate, laid: Laid, pending: readonly PendingFiles[]): Fate {
  const sentences = sentencesOn(laid, pending)
  if (sentences.length === 0) return fate
  const { verdict, reason } = fate
  if (verdict === 'unchanged' || verdict === 'context-only') {
    return { ...fate, verdict: 'merged', reason: sentences.join(' ') }
  }
  return { ...fate, reason: [reason, ...sentences].join(' ') }
}

/** Why nothing is left of a patch that changed generated files only. */
export function nothingLeft(laid: Laid): string {
  return ['Nothing is left.', ...sentencesOn(laid, [])].join(' ')
}

function sentencesOn(laid: Laid, pending: readonly PendingFiles[]): readonly string[] {
  const rules = waiting(laid)
  const isOpen = (rule: GeneratedRule) => pending.some(({ pattern }) => pattern === rule.pattern)
  const waits = ({ file, how }: LaidFile) =>
    rules.has(file.rule as RunRule) && (how === 'stands-in' || how === 'removed')
  const listed = (wanted: (one: LaidFile) => boolean) =>
    laid.files.filter(wanted).map(({ file }) => displayPath(file.path).text)
  const told = (paths: readonly string[], sentence: string) => {
    const more = paths.length > 3 ? ` and ${paths.length - 3} more` : ''
    return paths.length === 0 ? [] : [`${sentence}: ${paths.slice(0, 3).join(', ')}${more}.`]
  }
  return [
    ...[...rules].filter(isOpen).map(standInReason),
    ...told(
      listed((one) => one.how === 'upstream' || (waits(one) && !isOpen(one.file.rule))),
      'Taken from upstream',
    ),
    ...told(
      listed(({ how }) => how === 'ours'),
      "Taken from the patch, over upstream's change",
    ),
    ...told(
      listed((one) => one.how === 'removed' && !waits(one)),
      "Removed, over upstream's change",
    ),
    ...told(
      listed(({ how }) => how === 'there'),
      'The new stack has the same already',
    ),
  ]
}
