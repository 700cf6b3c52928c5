import { readableText, utf8Bytes } from '../objects/bytes.ts'
import { type CommitObject, subjectOf } from '../objects/commit-object.ts'
import type { Change } from './change.ts'

/**
 * Folds runs of consecutive commits of a bot into one: the first one's id and author, and the message of the newest
 * that has one. Everybody else's order is untouched; a commit that is left out for itself ends a run, save that a person
 * who drops the first one means all that a plan shows folded into it.
 */
export function squashAuthors(changes: readonly Change[], emails: readonly string[]): readonly Change[] {
  const bots = new Set(emails.map(canonicalEmail))
  const list: Change[] = []
  const begun = new Set<Change>()
  for (const change of changes) {
    const last = list.at(-1)
    const email = canonicalEmail(change.patch.authorEmail)
    const sameBot = last !== undefined && bots.has(email) && canonicalEmail(last.patch.authorEmail) === email
    const isMerge = (one: Change) => one.source.parents.length > 1
    const isGone = last?.drop && !(last.drop.cause === 'person' && begun.has(last))
    if (!sameBot || change.drop || isGone || isMerge(change) || isMerge(last)) {
      if (!sameBot) begun.add(change)
      list.push(change)
      continue
    }
    const source = hasMessage(change.source) ? withMessage(last.source, change.source) : last.source
    const nothingLeft =
      last.before === change.after && (last.before !== last.after || change.before !== change.after)
    const folded: Change = {
      ...last,
      after: change.after,
      own: { before: last.own.before, after: change.own.after },
      source,
      patch: { ...last.patch, subject: subjectOf(source) },
      folded: [...last.folded, change.patch.oid, ...change.folded],
      hollow: nothingLeft ? 'The commits that were folded into it take it all back.' : null,
    }
    if (begun.has(last)) begun.add(folded)
    list[list.length - 1] = folded
  }
  return list
}

/** GitHub gives one account two addresses; any other `+` makes another address. */
function canonicalEmail(email: string): string {
  return email
    .trim()
    .toLowerCase()
    .replace(/^\d+\+(?=[^@]*@users\.noreply\.)/, '')
}

function hasMessage(commit: CommitObject): boolean {
  return commit.message.trim() !== ''
}

function withMessage(author: CommitObject, message: CommitObject): CommitObject {
  if (author.encoding === message.encoding) return { ...author, message: message.message }
  // Two encodings in one commit: both are written as UTF-8.
  return {
    ...author,
    encoding: null,
    author: utf8Bytes(readableText(author.author, author.encoding)),
    message: utf8Bytes(readableText(message.message, message.encoding)),
  }
}
