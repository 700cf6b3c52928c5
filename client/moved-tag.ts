import { objectName } from '../domain/alarm-words.ts'
import { UndriftError } from '../domain/errors.ts'
import type { MovedTag } from '../domain/watch.ts'

/** What stands for a tag that is gone where the new object of a tag is named. */
const goneWord = 'gone'

const shortestBeginning = 7

/** The word that accepts a tag as it is now. */
export function acceptWord({ after }: MovedTag): string {
  return after === null ? goneWord : after.tagObject
}

/**
 * The alarm whose new tag object a person has named, in full or by its beginning: nobody waves through what they did not
 * look at. UNDRIFT_E_INTEGRITY where it names none.
 */
export function findAlarm(word: string, alarms: readonly MovedTag[], upstream: string): MovedTag {
  if (alarms.length === 0) {
    throw new UndriftError(
      'UNDRIFT_E_NOT_FOUND',
      `No tag of ${upstream} has moved; there is nothing to accept.`,
    )
  }
  const long = word === goneWord || word.length >= shortestBeginning
  const named = alarms.filter((alarm) =>
    word === goneWord ? alarm.after === null : acceptWord(alarm).startsWith(word),
  )
  const [first, second] = long ? named : []
  if (first !== undefined && second === undefined) return first
  const wrong = second === undefined ? 'names no tag as it is now' : 'names several tags'
  throw new UndriftError(
    'UNDRIFT_E_INTEGRITY',
    `\`${word}\` ${wrong}. ${alarms.map(alarmSentence).join(' ')}`,
    {
      hint: 'Look at the old and the new object, and name the new one as it is written above.',
    },
  )
}

/** What a tag was and is, in a sentence. */
export function alarmSentence({ tag, before, after }: MovedTag): string {
  const now = after === null ? 'is gone' : `is now ${objectName(after)}`
  return `The tag ${tag} was ${objectName(before)} when it was first seen, and ${now}.`
}
