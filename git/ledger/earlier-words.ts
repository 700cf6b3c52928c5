import type { Outcome } from '../../domain/attempt.ts'
import type { Oid } from '../../domain/patch.ts'
import { contains, hasObject } from '../mirror/queries.ts'
import type { Mirror } from '../types.ts'
import { type Line, type RecordedAttempt, readLedger } from './ledger.ts'

/** What persons said of a line's patches in earlier attempts, so that they are not asked again. */
export interface EarlierWords {
  readonly dropped: readonly Oid[]
  /** Whether somebody kept the patch while knowing this upstream commit. */
  kept(patch: Oid, like: Oid): Promise<boolean>
}

/** An attempt that was given up or left out takes its words along. */
const outcomesThatCount: readonly Outcome[] = ['changed', 'completed', 'superseded']
const mostAttempts = 200

/** Reads the words from a line's ledger. A word is on a commit: amend it, and it is a new patch. */
export async function earlierWords(mirror: Mirror, line: Line): Promise<EarlierWords> {
  const attempts = await readLedger(mirror, line, { limit: mostAttempts })
  const counted = attempts.filter(({ outcome }) => outcomesThatCount.includes(outcome))
  return {
    dropped: [...new Set(counted.flatMap((attempt) => said(attempt, 'drop')))],
    kept: async (patch, like) => {
      for (const attempt of counted) {
        const { onto } = attempt
        if (onto === null || !said(attempt, 'keep').includes(patch)) continue
        if (!(await hasObject(mirror, onto))) continue
        if (await contains(mirror, { ancestor: like, descendant: onto })) return true
      }
      return false
    },
  }
}

function said({ decisions }: RecordedAttempt, word: 'drop' | 'keep'): readonly Oid[] {
  return decisions.flatMap((decision) => decision[word] ?? [])
}
