import type { SeenTag } from './release.ts'
import type { MovedTag } from './watch.ts'

/** What an alarm is about, as lines for a person: what was compared where a worker has done so, else the two objects. */
export function alarmLines({ before, after, evidence }: MovedTag): readonly string[] {
  if (evidence !== undefined) return evidence
  return [
    `before: ${objectName(before)}`,
    `now:    ${after === null ? 'gone' : objectName(after)}`,
    'The diff comes once a worker of the role git has compared them.',
  ]
}

/** A tag's object, with the commit where that is another one. */
export function objectName({ tagObject, commit }: SeenTag): string {
  return commit === null || commit === tagObject ? tagObject : `${tagObject} (commit ${commit})`
}
