import type { ConflictPath, Oid } from '../../domain/patch.ts'
import type { Fate, Suggestion } from './record.ts'

/** What is searched only to explain a conflict, in the order in which it is searched. */
export const explanationParts = ['causedBy', 'suggestion'] as const
export type ExplanationPart = (typeof explanationParts)[number]

/** Why a patch conflicts, as far as that was searched. */
export interface Explanation {
  /** The upstream commit at which the patch stops applying; null when no single one is to blame. */
  readonly causedBy: Oid | null
  readonly suggestion: Suggestion | null
  /** What there was no time for: then null says nothing. */
  readonly notSearched: readonly ExplanationPart[]
}

/** What is said of a merge that git died in. */
function faultWords(fault: string): string {
  return `Git died while it merged this patch (${fault}), so this is the merge without rename detection. A newer Git may not need your word: 2.51 mends faults of this kind.`
}

/** The fate of a patch that conflicts; without an explanation nothing was searched. */
export function conflictFate(
  paths: readonly ConflictPath[],
  explanation: Explanation | null,
  fault: string | null = null,
): Fate {
  const { causedBy, suggestion, notSearched } = explanation ?? {
    causedBy: null,
    suggestion: null,
    notSearched: explanationParts,
  }
  const names = paths.map((one) => `${one.path} (${one.kind})`).join(', ')
  const since = causedBy === null ? '' : ` since upstream ${causedBy.slice(0, 12)}`
  return {
    verdict: 'conflict',
    newOid: null,
    reason: `${fault === null ? '' : `${faultWords(fault)} `}Conflicts in ${names}${since}.`,
    suggestion,
    conflict: {
      paths: paths.map(({ path, kind }) => ({ path, kind })),
      causedBy,
      ...(notSearched.length === 0 ? {} : { notSearched }),
    },
  }
}
