import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { type Bytes, fromBytes, readableText, toBytes } from './bytes.ts'

/** A commit as its raw parts. Invariant: what is kept of a commit is kept byte for byte. */
export interface CommitObject {
  readonly tree: Oid
  readonly parents: readonly Oid[]
  /** `Name <mail> seconds zone`, as it stands in the object. */
  readonly author: Bytes
  readonly committer: Bytes
  /** The `encoding` header; null for UTF-8. */
  readonly encoding: string | null
  /** Headers that do not survive a rewrite, such as `gpgsig` and `mergetag`. */
  readonly lost: readonly string[]
  readonly message: Bytes
}

const noLost: readonly string[] = []

/** Reads the body of a commit object; throws UNDRIFT_E_STACK when it is none that Git would take. */
export function parseCommit(body: Uint8Array, oid: Oid): CommitObject {
  const text = toBytes(body)
  const end = text.indexOf('\n\n')
  const headers = (end === -1 ? text.replace(/\n$/, '') : text.slice(0, end)).split('\n')
  const message = end === -1 ? '' : text.slice(end + 2)
  const parents: Oid[] = []
  const lost: string[] = []
  let tree = ''
  let author: Bytes | null = null
  let committer: Bytes | null = null
  let encoding: string | null = null
  for (const header of headers) {
    if (header.startsWith(' ')) continue
    const space = header.indexOf(' ')
    const name = space === -1 ? header : header.slice(0, space)
    const value = space === -1 ? '' : header.slice(space + 1)
    if (name === 'tree') tree = value
    else if (name === 'parent') parents.push(value)
    else if (name === 'author' && author === null) author = value
    else if (name === 'committer' && committer === null) committer = value
    else if (name === 'encoding') encoding = value
    else lost.push(name)
  }
  if (tree === '' || author === null || committer === null) {
    throw new UndriftError(
      'UNDRIFT_E_STACK',
      `Commit ${oid} is malformed: it lacks a tree, author or committer.`,
    )
  }
  return { tree, parents, author, committer, encoding, lost: lost.length > 0 ? lost : noLost, message }
}

/** The body of a commit object, without what is listed in `lost`. */
export function serialiseCommit(commit: Omit<CommitObject, 'lost'>): Buffer {
  const headers = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author}`,
    `committer ${commit.committer}`,
    ...(commit.encoding === null ? [] : [`encoding ${commit.encoding}`]),
  ]
  return fromBytes(`${headers.join('\n')}\n\n${commit.message}`)
}

/** The first paragraph of the message in one line, as Git shows it. */
export function subjectOf(commit: Pick<CommitObject, 'message' | 'encoding'>): string {
  const trimmed = commit.message.replace(/^(?:[ \t]*\n)+/, '')
  const paragraph = /^(?:[^\n]*\S[^\n]*(?:\n|$))*/.exec(trimmed)?.[0] ?? ''
  return readableText(paragraph.trimEnd().replace(/\s*\n\s*/g, ' '), commit.encoding)
}

export interface Person {
  readonly name: string
  readonly email: string
}

/** Name and address of an author or committer line. */
export function personOf(line: Bytes, encoding: string | null): Person {
  const match = /^(.*?) ?<([^>]*)>/.exec(line)
  return {
    name: readableText((match?.[1] ?? line.replace(/ -?\d+ [-+]\d+$/, '')).trim(), encoding),
    email: readableText(match?.[2] ?? '', encoding),
  }
}

/** Most seconds that fit the dates of every git. */
const mostSeconds = 2 ** 40

/** The `seconds zone` at the end of an author or committer line, as today's Git writes it, whatever blemish it has there. */
export function dateOf(line: Bytes): Bytes {
  const [, digits = '', zone = ''] = /(?:^|[^\d-])(\d+) ([-+]\d+)\s*$/.exec(line) ?? []
  const seconds = Number(digits)
  if (digits === '' || seconds > mostSeconds) return '0 +0000'
  return `${seconds} ${/^[-+]\d{4}$/.test(zone) ? zone : '+0000'}`
}
