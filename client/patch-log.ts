import { UndriftError } from '../domain/errors.ts'
import { followPatch, type RecordedAttempt } from '../git/index.ts'

/**
 * The attempts that met one patch, with no other patch in them. The word is the beginning of a commit that the patch was
 * at any time, its subject, or a part of the subject. Attempts are the newest first. Throws UNDRIFT_E_NOT_FOUND, and
 * UNDRIFT_E_USAGE where the word fits several patches.
 */
export function attemptsOfPatch(
  attempts: readonly RecordedAttempt[],
  word: string,
): readonly RecordedAttempt[] {
  const patches = attempts.flatMap((attempt) => attempt.patches)
  const lower = word.toLowerCase()
  const ways: readonly ((patch: (typeof patches)[number]) => boolean)[] = [
    ({ oid, newOid }) =>
      /^[0-9a-f]{4,64}$/.test(lower) && (oid.startsWith(lower) || newOid?.startsWith(lower) === true),
    ({ subject }) => subject === word,
    ({ subject }) => subject.toLowerCase().includes(lower),
  ]
  const meant = ways.map((way) => patches.filter(way)).find((found) => found.length > 0)
  if (meant === undefined) {
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `No recorded attempt has a patch \`${word}\`.`, {
      hint: 'Give a part of its subject, or at least four digits of one of its commits.',
    })
  }
  const subjects = [...new Set(meant.map(({ subject }) => subject.replace(/\p{Cc}+/gu, ' ')))]
  if (subjects.length > 1) {
    throw new UndriftError('UNDRIFT_E_USAGE', `\`${word}\` fits several patches: ${subjects.join(' · ')}.`, {
      hint: 'Give more of the subject, or the commit.',
    })
  }
  const its = new Set(meant.flatMap(({ oid }) => commitsOf(attempts, oid)))
  return attempts.flatMap((attempt) => {
    const own = attempt.patches.filter(({ oid }) => its.has(oid))
    return own.length === 0 ? [] : [{ ...attempt, patches: own }]
  })
}

/** Every commit that a patch was in a stack, line by line: a sibling line's commits are others. */
function commitsOf(attempts: readonly RecordedAttempt[], oid: string): readonly string[] {
  const lines = Map.groupBy(attempts, ({ fork, line }) => `${fork}/${line}`)
  return [...lines.values()].flatMap((line) => followPatch(line, oid).map((step) => step.oid))
}
