import type { AttemptRow } from '../../attempts.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { oneLine } from './table.ts'

/** What failed and when it is tried again, as a line below an attempt; none where no step is tried again. */
export function retryLines({ retrying }: AttemptRow, now: Date, style: Style): readonly string[] {
  if (retrying == null) return []
  const { message, tries, nextAt } = retrying
  const next = nextAt === null || Date.parse(nextAt) <= now.getTime() ? 'now' : age(nextAt, now)
  const count = tries === null ? '' : tries === 1 ? '1 try, ' : `${tries} tries, `
  return [`    ${style.yellow('retrying:')} ${oneLine(message)} (${count}next ${next})`]
}
