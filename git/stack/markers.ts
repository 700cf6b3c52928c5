import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { readableText } from '../objects/bytes.ts'
import { type CommitObject, subjectOf } from '../objects/commit-object.ts'

/** What a commit's message says is to become of it. */
export type Marker =
  | { readonly kind: 'carry' }
  | { readonly kind: 'drop' }
  /** Carried until the pull request of that number is in the target; upstream's own where no repository is named. */
  | { readonly kind: 'upstream-pr'; readonly number: number; readonly repository: string | null }
  /** Carried until an upstream ref or version is in the target. */
  | { readonly kind: 'until'; readonly name: string }

/** The OpenShift convention; a repository's path and `revert:` may stand before the number. */
const convention =
  /^UPSTREAM: *(?:(revert: *(?:[0-9a-f]{7,64}: *)?)?(?:<(carry|drop)>|(?:([\w.-]+\/[\w.-]+): *)?([1-9]\d{0,8}))) *:/
/** What is certainly meant to be a marker; a slip in it must not pass for none in silence. */
const meant = [/^\s*UPSTREAM\s*:/, /^\s*upstream\s*:?\s*<\s*(?:carry|drop)\s*>/i]
/** A commit that is to be folded away names its patch with its marker. */
const foldWords = /^(?:(?:fixup|squash|amend)! +)+/

/**
 * The marker of a commit: the OpenShift convention in its subject, or a trailer `Undrift: carry | drop | until NAME`
 * that says the same; null for none. Throws UNDRIFT_E_STACK and names the commit where a marker is malformed, or where
 * two contradict each other.
 */
export function markerOf(oid: Oid, commit: Pick<CommitObject, 'message' | 'encoding'>): Marker | null {
  const subject = subjectOf(commit).replace(foldWords, '')
  const found: Marker[] = []
  if (meant.some((pattern) => pattern.test(subject))) {
    const marker = readConvention(subject)
    if (!marker) throw malformed(oid, subject, `the marker in its subject is malformed`)
    found.push(marker)
  }
  for (const value of trailers(readableText(commit.message, commit.encoding))) {
    const marker = readTrailer(value)
    if (!marker) throw malformed(oid, subject, `its trailer "Undrift: ${value}" is malformed`)
    found.push(marker)
  }
  const [first, ...others] = found
  if (first && others.some((other) => JSON.stringify(other) !== JSON.stringify(first))) {
    throw malformed(oid, subject, 'its markers contradict each other')
  }
  return first ?? null
}

function readConvention(subject: string): Marker | null {
  const match = convention.exec(subject)
  if (!match) return null
  const [, revert, word, repository = null, number] = match
  if (word === 'drop') return { kind: 'drop' }
  // The fork's revert of a pull request is wanted all the more once upstream has that.
  if (number === undefined || revert !== undefined) return { kind: 'carry' }
  return { kind: 'upstream-pr', number: Number(number), repository }
}

function readTrailer(value: string): Marker | null {
  if (value === 'carry' || value === 'drop') return { kind: value }
  const name = /^until\s+(\S+)$/.exec(value)?.[1]
  return name === undefined ? null : { kind: 'until', name }
}

/** Values of the `Undrift` trailer in the last paragraph, which is never the subject's own; a value may be folded. */
function trailers(message: string): readonly string[] {
  const paragraphs = message
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .split(/\n[ \t]*\n/)
  // Git adds a list of conflicts behind the trailers.
  while (/^#?[ \t]*Conflicts:/.test(paragraphs.at(-1) ?? '')) paragraphs.pop()
  const last = paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : ''
  const unfolded = last.replaceAll(/\n[ \t]+(?=\S)/g, ' ')
  return unfolded.split('\n').flatMap((line) => {
    const match = /^undrift[ \t]*:(.*)$/i.exec(line)
    return match ? [(match[1] ?? '').trim()] : []
  })
}

function malformed(oid: Oid, subject: string, what: string): UndriftError {
  return new UndriftError('UNDRIFT_E_STACK', `Commit ${oid} (${subject}): ${what}.`, {
    hint: 'Write `UPSTREAM: <carry>: …`, `UPSTREAM: <drop>: …`, `UPSTREAM: 1234: …`, or a trailer `Undrift: carry`, `Undrift: drop`, `Undrift: until NAME`.',
  })
}
