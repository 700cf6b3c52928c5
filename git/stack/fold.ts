import type { Oid } from '../../domain/patch.ts'
import { readableText, utf8Bytes } from '../objects/bytes.ts'
import { type CommitObject, subjectOf } from '../objects/commit-object.ts'
import type { Workshop } from '../replay/workshop.ts'
import { type Change, isEmptyChange } from './change.ts'

const prefixes = /^((?:fixup|squash|amend)! +)+/

/**
 * Folds `fixup!`, `squash!` and `amend!` commits into their patches, wherever those lie. One that cannot be moved to
 * its patch without a clash, or without changing what the stack comes to, stays a patch of its own and says why.
 */
export async function foldFixups(workshop: Workshop, changes: readonly Change[]): Promise<readonly Change[]> {
  let list = [...changes]
  /** Subjects that an `amend!` gave away: later fixups may name the old or the new one. */
  const formerSubjects = new Map<Oid, string[]>()
  for (const fixup of changes) {
    const { subject } = fixup.patch
    const match = prefixes.exec(subject)
    if (!match || fixup.drop) continue
    const at = list.findIndex((change) => change.patch.oid === fixup.patch.oid)
    const now = list[at] as Change
    const wanted = subject.slice(match[0].length)
    // The innermost word counts last: a fixup of a fixup that stands for itself belongs to that one.
    const [target = -1] = namesIn(subject)
      .map((name) => findTarget(list.slice(0, at), name, formerSubjects))
      .filter((found) => found !== -1)
    if (target === -1) {
      const away = changes.some((change) => change.drop && change.patch.subject === wanted)
      const why = away ? 'is left out' : 'is not in the stack before it'
      list[at] = { ...now, note: `It is a patch of its own because the patch that it names ${why}.` }
      continue
    }
    const former = (list[target] as Change).patch.subject
    const folded = await moveInto(workshop, list, target, at)
    if (!folded) {
      const why = `It could not be folded into "${(list[target] as Change).patch.subject}": it clashes with what lies between.`
      list[at] = { ...now, note: why }
      continue
    }
    list = folded
    const changed = folded[target] as Change
    formerSubjects.set(changed.patch.oid, [...(formerSubjects.get(changed.patch.oid) ?? []), former])
  }
  return list
}

/** What the subject of a fixup may name, the longest first: `fixup! squash! x` names `squash! x`, or `x`. */
function namesIn(subject: string): readonly string[] {
  const rest = subject.replace(/^(?:fixup|squash|amend)! +/, '')
  return rest === subject ? [] : [rest, ...namesIn(rest)]
}

/** As autosquash looks: by the whole subject, then by object id, then by the subject's beginning. */
function findTarget(
  earlier: readonly Change[],
  wanted: string,
  formerSubjects: ReadonlyMap<Oid, readonly string[]>,
): number {
  const subjects = (change: Change) => [change.patch.subject, ...(formerSubjects.get(change.patch.oid) ?? [])]
  const open = (matches: (change: Change) => boolean) =>
    earlier.findIndex((change) => (change.drop === null || change.drop.cause === 'person') && matches(change))
  const exact = open((change) => subjects(change).includes(wanted))
  if (exact !== -1) return exact
  if (/^[0-9a-f]{7,64}$/.test(wanted)) {
    const byId = open((change) => [change.patch.oid, ...change.folded].some((oid) => oid.startsWith(wanted)))
    if (byId !== -1) return byId
  }
  return wanted === '' ? -1 : open((change) => subjects(change).some((subject) => subject.startsWith(wanted)))
}

/** The list with the change at `from` folded into the one at `target`; null where that is not possible. */
async function moveInto(
  workshop: Workshop,
  list: readonly Change[],
  target: number,
  from: number,
): Promise<Change[] | null> {
  const patch = list[target] as Change
  const fixup = list[from] as Change
  const into = await workshop.merger.merge(fixup.before, patch.after, fixup.after)
  if (into.kind === 'conflict') return null
  const between: Change[] = []
  let tree = into.tree
  for (const change of list.slice(target + 1, from)) {
    const merge = await workshop.merger.merge(change.before, tree, change.after)
    if (merge.kind === 'conflict') return null
    // A patch that loses all it had has not been moved past; it has been overtaken.
    if (merge.tree === tree && change.before !== change.after) return null
    between.push({ ...change, before: tree, after: merge.tree })
    tree = merge.tree
  }
  if (tree !== fixup.after) return null
  const wasEmpty = isEmptyChange(patch) && isEmptyChange(fixup)
  const source = messageOf(patch.source, fixup)
  const merged: Change = {
    ...patch,
    after: into.tree,
    source,
    patch: { ...patch.patch, subject: subjectOf(source) },
    folded: [...patch.folded, fixup.patch.oid, ...fixup.folded],
    hollow: into.tree === patch.before && !wasEmpty ? 'What was folded into it takes it all back.' : null,
  }
  return [...list.slice(0, target), merged, ...between, ...list.slice(from + 1)]
}

/** A fixup gives no message, a squash adds its body, an amend replaces the message; the outermost word counts. */
function messageOf(source: CommitObject, fixup: Change): CommitObject {
  const kind = /^(fixup|squash|amend)!/.exec(fixup.patch.subject)?.[1]
  const text = readableText(fixup.source.message, fixup.source.encoding)
  const body = text.replace(/^(?:[ \t]*\n)+/, '').replace(/^(?:[^\n]*\S[^\n]*(?:\n|$))+(?:[ \t]*\n)*/, '')
  if (kind === 'fixup' || kind === undefined || body.trim() === '') return source
  const before = readableText(source.message, source.encoding)
  const message = kind === 'amend' ? body : `${before.trimEnd()}\n\n${body}`
  if (fixup.source.encoding === source.encoding && source.encoding === null) {
    return { ...source, message: utf8Bytes(message) }
  }
  // Two encodings in one commit: the author's name has to be written anew, too.
  const author = utf8Bytes(readableText(source.author, source.encoding))
  return { ...source, author, encoding: null, message: utf8Bytes(message) }
}
