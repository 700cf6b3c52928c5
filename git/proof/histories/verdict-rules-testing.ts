import { countWords, difference, type Net, netBetween, together } from './nets-testing.ts'
import type { Oracle } from './oracle-testing.ts'
import type { Word } from './states-testing.ts'
import type { Breach, Outcome, Told } from './told-testing.ts'

/** Rules that the verdicts of a replay break. */
export function verdictBreaches(oracle: Oracle, outcome: Outcome): readonly Breach[] {
  const { commits, ahead } = oracle
  const { told, merges, leftOut } = outcome
  const named = [...told.flatMap(({ commit, folded }) => [commit, ...folded]), ...merges, ...leftOut]
  const breaches: Breach[] = []
  for (const { number, subject } of ahead) {
    const times = named.filter((each) => each === number).length
    if (times !== 1) breaches.push({ rule: 'untold', what: `${subject} is told ${times} times` })
  }
  for (const number of leftOut)
    if (commits[number]?.by === 'fork')
      breaches.push({ rule: 'left-out', what: `${commits[number]?.subject} is ours` })
  for (const { commit, made } of told)
    if (commits[commit]?.by !== 'fork' && made !== null)
      breaches.push({ rule: 'carried-upstream', what: `${commits[commit]?.subject} is upstream's` })
  if (outcome.kind !== 'conflict')
    for (const each of told)
      if (each.verdict === null) breaches.push({ rule: 'untold', what: `#${each.commit} has no verdict` })
  return [...breaches, ...told.flatMap((each) => ofOne(oracle, each, outcome))]
}

function ofOne(oracle: Oracle, told: Told, outcome: Outcome): readonly Breach[] {
  const commits = [told.commit, ...told.folded]
  const changes = commits.map((number) => oracle.edits.get(number)).filter((net) => net !== undefined)
  if (changes.length < commits.length) return []
  const net = changes.reduce(together)
  const name = `${oracle.commits[told.commit]?.subject} (#${told.commit})`
  switch (told.verdict) {
    case 'unchanged':
    case 'context-only':
      return same(oracle, { told, net, name, outcome })
    case 'landed':
      return landed(oracle, { told, net, name, outcome })
    case 'emptied':
      return emptied(told, name)
    case 'merged':
    case 'reused':
    case 'regenerated':
    case 'resolved':
    case 'dropped':
    case 'conflict':
    case null:
      return []
  }
}

/** What made a patch empty is named: a commit, what was folded into it, or the person who settled it. */
function emptied({ names, folded, isSettled, reason }: Told, name: string): readonly Breach[] {
  if (names.length > 0 || folded.length > 0 || isSettled) return []
  return [{ rule: 'emptied-unnamed', what: `${name} is emptied, and no commit is named: ${reason}` }]
}

interface One {
  readonly told: Told
  /** What the patch does in the fork. */
  readonly net: Net
  readonly name: string
  readonly outcome: Outcome
}

/** A patch is the same where its new commit adds and removes the very words. */
function same(oracle: Oracle, { told, net, name, outcome }: One): readonly Breach[] {
  if (!told.made) return [{ rule: 'false-word', what: `${name} is ${told.verdict} and nothing carries it` }]
  const [before, after] = [countWords(told.made.before), countWords(told.made.after)]
  const made = netBetween(before, after)
  const isMerge = (oracle.commits[told.commit]?.parents.length ?? 0) > 1
  const differ = isMerge
    ? strangeInMerge(oracle, { merge: told.commit, made, after, questioned: outcome.questioned })
    : difference(net, made)
  // What a later merge of the fork settled, it settled for the patch, too: told apart, because only the words are wrong.
  const isBeforeMerge = oracle.own.some(({ parents, number }) => parents.length > 1 && number > told.commit)
  const rule = isBeforeMerge ? 'false-word-merged' : 'false-word'
  return differ === '' ? [] : [{ rule, what: `${name} is ${told.verdict}, but ${differ}` }]
}

/**
 * What only a merge holds may be more than its own words: what it settled against its parents, it says again. What is asked
 * about is not called settled.
 */
function strangeInMerge(
  oracle: Oracle,
  {
    merge,
    made,
    after,
    questioned,
  }: {
    readonly merge: number
    readonly made: Net
    readonly after: ReadonlyMap<Word, number>
    readonly questioned: ReadonlySet<Word>
  },
): string {
  const strange = [
    ...[...made.added].filter((word) => !oracle.has(merge, word)),
    ...[...made.removed].filter((word) => oracle.has(merge, word) && !after.has(word)),
  ].filter((word) => !questioned.has(word))
  return strange.length === 0 ? '' : `${strange.join(' ')} is no part of it`
}

/** A patch has landed where upstream had each word that it adds, and has none that it removes. */
function landed(oracle: Oracle, { told, net, name, outcome }: One): readonly Breach[] {
  const { onto, head } = oracle.history
  const breaches: Breach[] = []
  // Of patches that upstream squashed, it never saw what one did and a later one undid; a last one may do it anew.
  const later = oracle.own.filter(({ number }) => number > told.commit)
  const isTransient = (word: Word, did: 'added' | 'removed') => {
    const isDone = oracle.has(head, word) === (did === 'added')
    const undid = did === 'added' ? 'removed' : 'added'
    const undoer = later.find(({ number }) => oracle.edits.get(number)?.[undid].has(word))
    const isDoneAnew = later.some(
      ({ number }) => undoer && number > undoer.number && oracle.edits.get(number)?.[did].has(word),
    )
    return undoer !== undefined && (!isDone || isDoneAnew)
  }
  // Upstream took it, and then what the fork did about it later.
  const isUndone = (word: Word) =>
    oracle.range.some(({ number }) => !oracle.has(number, word)) &&
    later.some(({ number }) => oracle.edits.get(number)?.added.has(word))
  for (const word of net.added)
    if (!oracle.wasUpstream(word) && !isTransient(word, 'added'))
      breaches.push({ rule: 'landed-never', what: `${name} has landed, but upstream never had ${word}` })
  // What is asked about is not called settled. At a conflict that comes yet: until then the verdict names who put the word
  // in again. What the fork merged without the word, and upstream added again later, is upstream's own doing.
  const isAsked = (word: Word) =>
    outcome.kind === 'conflict'
      ? told.named.some((number) => oracle.addsAgain(number, word))
      : outcome.questioned.has(word)
  const brought = oracle.commits[told.commit]
  for (const word of net.removed)
    if (
      !isAsked(word) &&
      !isTransient(word, 'removed') &&
      !(brought && oracle.isImported(brought, word)) &&
      oracle.has(onto, word) &&
      !oracle.has(head, word) &&
      oracle.has(oracle.stands, word) &&
      !isUndone(word)
    )
      breaches.push({ rule: 'landed-half', what: `${name} has landed, but upstream still has ${word}` })
  const isStrange = told.landedAs.some((number) => !oracle.range.some((commit) => commit.number === number))
  if (told.landedAs.length === 0 || isStrange)
    breaches.push({ rule: 'landed-unnamed', what: `${name} names ${JSON.stringify(told.landedAs)}` })
  return breaches
}
