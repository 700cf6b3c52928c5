import { WorkflowNotFoundError } from '@temporalio/client'
import { nearest } from '../config/nearest.ts'
import { UndriftError } from '../domain/errors.ts'
import { maintainId } from '../domain/ids.ts'
import { type ListedAttempt, listAttempts, toListed } from './attempts.ts'
import { nameAttempt, splitShortName } from './name-attempt.ts'
import type { Session } from './session.ts'

const listedAtMost = 10

/** The one attempt that a person's word names; UNDRIFT_E_NOT_FOUND or a list of those it could mean otherwise. */
export async function findAttempt(session: Session, word: string): Promise<ListedAttempt> {
  if (word === '') throw new UndriftError('UNDRIFT_E_USAGE', 'An attempt must be named.')
  // By its id first: that is never behind, while the server's list may lag a moment.
  const exact = word.startsWith('maintain/') ? await describeAttempt(session, word) : null
  if (exact !== null) return exact
  const attempts = await listAttempts(session)
  const naming = nameAttempt(attempts, word)
  switch (naming.kind) {
    case 'one':
      return naming.attempt
    case 'several':
      throw ambiguous(word, naming.attempts)
    case 'none': {
      const short = splitShortName(word)
      const started = short && (await describeAttempt(session, maintainId(short.fork, short.line, short.tag)))
      if (started) return started
      throw notFound(word, attempts)
    }
  }
}

/** The attempt with this very id, straight from the server; null when there is none. */
export async function describeAttempt(session: Session, id: string): Promise<ListedAttempt | null> {
  try {
    const description = await session.client.workflow.getHandle(id).describe()
    return toListed(description)
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

function ambiguous(word: string, attempts: readonly ListedAttempt[]): UndriftError {
  const shown = attempts.slice(0, listedAtMost).map((attempt) => `  ${attempt.row.id}`)
  const more = attempts.length - shown.length
  if (more > 0) shown.push(`  and ${more} more`)
  return new UndriftError(
    'UNDRIFT_E_USAGE',
    `\`${word}\` names ${attempts.length} attempts:\n${shown.join('\n')}`,
    {
      hint: 'Name one by its whole id, or by `<fork>/<line>@<tag>`.',
    },
  )
}

function notFound(word: string, attempts: readonly ListedAttempt[]): UndriftError {
  const names = attempts.flatMap(({ row }) => [row.id, `${row.fork}@${row.tag}`, row.tag])
  const near = nearest(word, names)
  return new UndriftError(
    'UNDRIFT_E_NOT_FOUND',
    `No attempt is named \`${word}\`.`,
    near === null ? {} : { hint: `Did you mean \`${near}\`?` },
  )
}
