import { ancestorsOf, type Commit, type History } from './history-testing.ts'
import {
  type Contents,
  countWords,
  difference,
  type Net,
  netBetween,
  netOfSets,
  together,
} from './nets-testing.ts'
import { touchedWords, type Word, wordsOf } from './states-testing.ts'
import type { Breach, Outcome, Told } from './told-testing.ts'

/** What is known of one history by who added and removed which word. Knows nothing of the engine. */
export class Oracle {
  readonly history: History
  private readonly commits: readonly Commit[]
  /** The newest upstream commit that the fork holds by its parents. */
  readonly stands: number
  /** Commits that are the fork's to carry, in their order. */
  readonly own: readonly Commit[]
  /** Upstream's commits that the target has and that the fork did not begin with. */
  readonly range: readonly Commit[]
  private readonly touchedUpstream: ReadonlySet<Word>
  private readonly sets: readonly ReadonlySet<Word>[]
  /** By commit of the fork: what it adds and removes itself, beside what its parents or upstream bring. */
  private readonly edits = new Map<number, Net>()

  constructor(history: History) {
    this.history = history
    this.commits = history.commits
    this.sets = history.commits.map(({ state }) => wordsOf(state))
    const inHead = ancestorsOf(this.commits, history.head)
    const inTarget = ancestorsOf(this.commits, history.onto)
    const upstream = this.commits.filter(({ number, by }) => by === 'upstream' && inHead.has(number))
    this.stands = Math.max(...upstream.map(({ number }) => number))
    this.own = this.commits.filter(
      ({ number, by }) => by === 'fork' && inHead.has(number) && !inTarget.has(number),
    )
    const roots = this.own.flatMap(({ parents }) =>
      parents.filter((parent) => this.commits[parent]?.by === 'upstream'),
    )
    const before = ancestorsOf(this.commits, Math.min(this.stands, ...roots))
    this.range = this.commits.filter(({ number }) => inTarget.has(number) && !before.has(number))
    this.touchedUpstream = new Set(this.touched(this.range))
    for (const commit of this.own) this.edits.set(commit.number, this.netOf(commit))
  }

  /** Rules of content that a result breaks. */
  content(result: Contents): readonly Breach[] {
    const counts = countWords(result)
    const known = new Set(this.sets.flatMap((set) => [...set]))
    const breaches: Breach[] = []
    for (const word of counts.keys())
      if (!known.has(word)) breaches.push({ rule: 'made-up', what: `${word} was never there` })
    for (const word of known) {
      const count = counts.get(word) ?? 0
      const breach = this.breachOf(word, count)
      if (breach) breaches.push(breach)
    }
    return breaches
  }

  /** Whether a result breaks no rule, and none of its words could be there as well as not. */
  isPlain(result: Contents): boolean {
    if (this.content(result).length > 0) return false
    return [...new Set(this.sets.flatMap((set) => [...set]))].every((word) => {
      const [base, target, head] = this.facts(word)
      return target === head || !this.isOpen(word, { base, target, head })
    })
  }

  /** Whether upstream touched a word that the fork touched, too. */
  hasTaken(): boolean {
    return this.touched(this.own).some((word) => this.touchedUpstream.has(word))
  }

  private touched(commits: readonly Commit[]): readonly Word[] {
    return commits.flatMap((commit) => [...touchedWords(this.parentOf(commit).state, commit.state)])
  }

  /** Rules that the verdicts break. */
  verdicts(outcome: Outcome): readonly Breach[] {
    const told = [...outcome.told.flatMap(({ commit, folded }) => [commit, ...folded]), ...outcome.merges]
    const breaches: Breach[] = []
    for (const { number, subject } of this.own) {
      const times = told.filter((each) => each === number).length
      if (times !== 1) breaches.push({ rule: 'untold', what: `${subject} is told ${times} times` })
    }
    for (const { commit, made } of outcome.told)
      if (this.commits[commit]?.by !== 'fork' && made !== null)
        breaches.push({ rule: 'carried-upstream', what: `${this.commits[commit]?.subject} is upstream's` })
    if (outcome.kind !== 'conflict')
      for (const each of outcome.told)
        if (each.verdict === null) breaches.push({ rule: 'untold', what: `#${each.commit} has no verdict` })
    return [...breaches, ...outcome.told.flatMap((each) => this.verdict(each))]
  }

  private verdict(told: Told): readonly Breach[] {
    const commits = [told.commit, ...told.folded]
    const changes = commits.map((number) => this.edits.get(number)).filter((net) => net !== undefined)
    if (changes.length < commits.length) return []
    const net = changes.reduce(together)
    const name = `${this.commits[told.commit]?.subject} (#${told.commit})`
    switch (told.verdict) {
      case 'unchanged':
      case 'context-only': {
        if (!told.made)
          return [{ rule: 'false-word', what: `${name} is ${told.verdict} and nothing carries it` }]
        const made = netBetween(countWords(told.made.before), countWords(told.made.after))
        const differ = this.isMerge(told.commit)
          ? this.strangeInMerge(told.commit, made)
          : difference(net, made)
        const rule = this.isBeforeMerge(told.commit) ? 'false-word-merged' : 'false-word'
        return differ === '' ? [] : [{ rule, what: `${name} is ${told.verdict}, but ${differ}` }]
      }
      case 'landed':
        return this.landed(told, net, name)
      case 'emptied':
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

  private isMerge(number: number): boolean {
    return (this.commits[number]?.parents.length ?? 0) > 1
  }

  /** Whether the fork merged something after a patch: what the merge settled, it settled for the patch, too. */
  private isBeforeMerge(number: number): boolean {
    return this.own.some((commit) => commit.parents.length > 1 && commit.number > number)
  }

  /** What only a merge holds may be more than its own words: what it settled against its parents, it says again. */
  private strangeInMerge(merge: number, made: Net): string {
    const strange = [
      ...[...made.added].filter((word) => !this.has(merge, word)),
      ...[...made.removed].filter((word) => this.has(merge, word)),
    ]
    return strange.length === 0 ? '' : `${strange.join(' ')} is no part of it`
  }

  /** A patch has landed where upstream had each word that it adds, and has none that it removes. */
  private landed(told: Told, net: Net, name: string): readonly Breach[] {
    const breaches: Breach[] = []
    // Of patches that upstream squashed, it never had what one added and a later one took away.
    const later = this.own.filter(({ number }) => number > told.commit)
    const isTransient = (word: Word) =>
      !this.has(this.history.head, word) &&
      later.some(({ number }) => this.edits.get(number)?.removed.has(word))
    for (const word of net.added)
      if (!this.wasUpstream(word) && !isTransient(word))
        breaches.push({ rule: 'landed-never', what: `${name} has landed, but upstream never had ${word}` })
    for (const word of net.removed)
      if (this.has(this.history.onto, word) && !this.has(this.history.head, word))
        breaches.push({ rule: 'landed-half', what: `${name} has landed, but upstream still has ${word}` })
    const named = told.landedAs.map((number) => this.commits[number] as Commit)
    const strangers = named.filter((commit) => !this.range.includes(commit))
    if (told.landedAs.length === 0 || strangers.length > 0)
      breaches.push({ rule: 'landed-unnamed', what: `${name} names ${JSON.stringify(told.landedAs)}` })
    return breaches
  }

  private breachOf(word: Word, count: number): Breach | null {
    const [base, target, head] = this.facts(word)
    const facts = `base ${+base}, upstream ${+target}, fork ${+head}, result ${count}`
    if (count > 1) return { rule: 'twice', what: `${word} stands twice (${facts})` }
    const is = count === 1
    const wanted = target === head ? target : target === base ? head : target
    if (is === wanted) return null
    if (target !== head && this.isOpen(word, { base, target, head })) return null
    const what = `${word}: ${facts}`
    if (wanted) return { rule: base ? 'lost-both' : target ? 'lost-upstream' : 'lost-fork', what }
    return { rule: base ? (target ? 'back-fork' : 'back-upstream') : 'back-both', what }
  }

  /** Whether a word stands in what the fork stands on, in the target and in the fork. */
  private facts(word: Word): readonly [base: boolean, target: boolean, head: boolean] {
    const { onto, head } = this.history
    return [this.has(this.stands, word), this.has(onto, word), this.has(head, word)]
  }

  /** Whether both answers can be right, because a side went back and forth or what it did can be read in two ways. */
  private isOpen(
    word: Word,
    { base, target, head }: { readonly base: boolean; readonly target: boolean; readonly head: boolean },
  ): boolean {
    // What upstream never touched is as the fork left it.
    if (!this.touchedUpstream.has(word)) return false
    const nets = [...this.edits.values()]
    // The fork added it in one patch and removed it in another: which of them is left, the verdicts say.
    if (nets.some((net) => net.added.has(word)) && nets.some((net) => net.removed.has(word))) return true
    // A plain commit of the fork brought what upstream did: whose word it is cannot be told from the trees alone.
    if (this.own.some((commit) => this.isImported(commit, word))) return true
    // Upstream took it and went on from it. What it took back in full is the fork's again.
    if (!base && head && !target && this.wasUpstream(word)) return !this.wasReverted(word)
    // The fork moved it, which is to remove and to add it, and upstream removed it.
    if (base && head && !target) return this.isMoved(word)
    return false
  }

  /** Whether the last upstream commit that took the word away is a revert. */
  private wasReverted(word: Word): boolean {
    const last = this.range
      .filter((commit) => this.hadBefore(commit, word) && !this.has(commit.number, word))
      .at(-1)
    return last?.how === 'revert'
  }

  private hadBefore(commit: Commit, word: Word): boolean {
    return commit.parents.some((parent) => this.has(parent, word))
  }

  private isMoved(word: Word): boolean {
    return this.own.some((commit) => touchedWords(this.parentOf(commit).state, commit.state).has(word))
  }

  private isImported({ tookIn, parents }: Commit, word: Word): boolean {
    if (!tookIn) return false
    return (
      this.has(tookIn.to, word) !== this.has(parents[0] ?? 0, word) &&
      this.has(tookIn.from, word) !== this.has(tookIn.to, word)
    )
  }

  /** Whether the target, or a commit before it that the fork does not hold, has the word. */
  private wasUpstream(word: Word): boolean {
    return this.range.some(({ number }) => this.has(number, word))
  }

  private has(commit: number, word: Word): boolean {
    return this.sets[commit]?.has(word) ?? false
  }

  private parentOf(commit: Commit): Commit {
    return this.commits[commit.parents[0] ?? 0] as Commit
  }

  /** What a commit adds and removes itself: of a merge, and of a commit that took upstream in, what neither side brought. */
  private netOf(commit: Commit): Net {
    const [first = 0, second] = commit.parents
    const now = this.sets[commit.number] as ReadonlySet<Word>
    const before = this.sets[first] as ReadonlySet<Word>
    if (second === undefined) return netOfSets(before, now)
    const common = ancestorsOf(this.commits, second)
    const base = Math.max(...[...ancestorsOf(this.commits, first)].filter((number) => common.has(number)))
    const words = new Set([base, first, second].flatMap((at) => [...(this.sets[at] ?? [])]))
    const merged = [...words].filter((word) => {
      const [was, mine, yours] = [base, first, second].map((at) => this.has(at, word))
      return mine === yours ? mine : mine === was ? yours : mine
    })
    return netOfSets(new Set(merged), now)
  }
}
