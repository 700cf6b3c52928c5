import { ancestorsOf, type Commit, type History } from './history-testing.ts'
import { type Contents, countWords, type Net, netOfSets } from './nets-testing.ts'
import { type State, touchedWords, type Word, wordsOf } from './states-testing.ts'
import type { Breach } from './told-testing.ts'

/** What is known of one history by who added and removed which word. Knows nothing of the engine. */
export class Oracle {
  readonly history: History
  readonly commits: readonly Commit[]
  /** The newest upstream commit that the fork holds by its parents. */
  readonly stands: number
  /** All that the fork has and the target lacks. */
  readonly ahead: readonly Commit[]
  /** Commits that are the fork's to carry, in their order. */
  readonly own: readonly Commit[]
  /** Upstream's commits that the target has and that the fork did not begin with. */
  readonly range: readonly Commit[]
  private readonly touchedUpstream: ReadonlySet<Word>
  private readonly sets: readonly ReadonlySet<Word>[]
  /** By commit of the fork: what it adds and removes itself, beside what its parents or upstream bring. */
  readonly edits = new Map<number, Net>()

  constructor(history: History) {
    this.history = history
    this.commits = history.commits
    this.sets = history.commits.map(({ state }) => wordsOf(state))
    const inHead = ancestorsOf(this.commits, history.head)
    const inTarget = ancestorsOf(this.commits, history.onto)
    const upstream = this.commits.filter(({ number, by }) => by === 'upstream' && inHead.has(number))
    this.stands = Math.max(...upstream.map(({ number }) => number))
    this.ahead = this.commits.filter(({ number }) => inHead.has(number) && !inTarget.has(number))
    this.own = this.ahead.filter(({ by }) => by === 'fork')
    const roots = this.own.flatMap(({ parents }) =>
      parents.filter((parent) => this.commits[parent]?.by === 'upstream'),
    )
    const before = ancestorsOf(this.commits, Math.min(this.stands, ...roots))
    this.range = this.commits.filter(({ number }) => inTarget.has(number) && !before.has(number))
    // What the fork stands on may be ahead of the target, or beside it: then the target goes back on some of it.
    const whole = touchedWords(this.stateOf(this.stands), this.stateOf(history.onto))
    this.touchedUpstream = new Set([...whole, ...this.touched(this.range)])
    for (const commit of this.own) this.edits.set(commit.number, this.netOf(commit))
  }

  /** Rules of content that a result breaks; of the words that a person settled none is asked for. */
  content(result: Contents, settled: ReadonlySet<Word> = new Set()): readonly Breach[] {
    const counts = countWords(result)
    const known = new Set(this.sets.flatMap((set) => [...set]))
    const breaches: Breach[] = []
    for (const word of counts.keys())
      if (!known.has(word)) breaches.push({ rule: 'made-up', what: `${word} was never there` })
    for (const word of known) {
      if (settled.has(word)) continue
      const count = counts.get(word) ?? 0
      const breach = this.breachOf(word, count, result)
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

  private breachOf(word: Word, count: number, result: Contents): Breach | null {
    const [base, target, head] = this.facts(word)
    const facts = `base ${+base}, upstream ${+target}, fork ${+head}, result ${count}`
    if (count > 1 && !this.isSame(word, result))
      return { rule: 'twice', what: `${word} stands ${count} times (${facts})` }
    const is = count > 0
    const wanted = target === head ? target : target === base ? head : target
    if (is === wanted) return null
    if (target !== head && this.isOpen(word, { base, target, head })) return null
    const what = `${word}: ${facts}`
    if (wanted) return { rule: base ? 'lost-both' : target ? 'lost-upstream' : 'lost-fork', what }
    return { rule: base ? (target ? 'back-fork' : 'back-upstream') : 'back-both', what }
  }

  /**
   * Whether the same line was added to two files: by the fork to one, by upstream to another, which never held it where
   * the fork has it. In the field two files may well have the same line.
   */
  private isSame(word: Word, result: Contents): boolean {
    const holders = [...result.values()].filter((words) => words.includes(word))
    if (holders.some((words) => words.filter((each) => each === word).length > 1)) return false
    const id = this.fileOf(this.history.head, word)
    return !this.range.some(({ number }) => id !== null && this.fileOf(number, word) === id)
  }

  private fileOf(commit: number, word: Word): string | null {
    const files = [...(this.commits[commit]?.state ?? [])]
    return files.find(([, { words }]) => words.includes(word))?.[0] ?? null
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
    if (!base && head && !target && this.wasUpstream(word))
      return !this.wasReverted(word) || this.isPartlyLeft(word)
    // The fork did it, held upstream's own taking of it, too, and upstream took that back: the patch is the fork's again.
    if (base === head && this.isDoneByFork(word, head) && this.wasTakenBack(word, base)) return true
    // The fork moved it, which is to remove and to add it, and upstream removed it.
    if (base && head && !target) return this.isMoved(word) || this.isRewritten(word)
    return false
  }

  /** Whether each upstream commit that took the word away is a revert: then upstream never went on from it. */
  private wasReverted(word: Word): boolean {
    const takers = this.range.filter(
      (commit) => this.hadBefore(commit, word) && !this.has(commit.number, word),
    )
    return takers.every(({ how }) => how === 'revert')
  }

  /** Whether upstream kept something else of the patch that added the word: then a revert did not take it back in full. */
  private isPartlyLeft(word: Word): boolean {
    const { onto } = this.history
    return [...this.edits.values()].some(
      ({ added }) => added.has(word) && [...added].some((other) => this.has(onto, other)),
    )
  }

  /** Whether a patch of the fork is what made a word stand, or not stand, as it does in the fork. */
  private isDoneByFork(word: Word, head: boolean): boolean {
    return [...this.edits.values()].some(({ added, removed }) => (head ? added : removed).has(word))
  }

  /** Whether upstream's commits after which a word stands otherwise than in what the fork holds of upstream are reverts. */
  private wasTakenBack(word: Word, base: boolean): boolean {
    const commits = this.range.filter(
      (commit) =>
        this.has(commit.number, word) !== base &&
        commit.parents.every((parent) => this.has(parent, word) === base),
    )
    return commits.length > 0 && commits.every(({ how }) => how === 'revert')
  }

  /** Whether an upstream commit of the range puts a word in that its parents lack. */
  addsAgain(number: number, word: Word): boolean {
    const commit = this.range.find((each) => each.number === number)
    return commit !== undefined && this.has(number, word) && !this.hadBefore(commit, word)
  }

  private hadBefore(commit: Commit, word: Word): boolean {
    return commit.parents.some((parent) => this.has(parent, word))
  }

  /** Whether the fork renamed the word's file and kept less than half of it: to git that is another, new file. */
  private isRewritten(word: Word): boolean {
    return this.own.some((commit) =>
      [...commit.state].some(([id, { path, words }]) => {
        const before = this.parentOf(commit).state.get(id)
        if (before === undefined || before.path === path || !words.includes(word)) return false
        const kept = words.filter((each) => before.words.includes(each)).length
        return kept * 2 < Math.max(words.length, before.words.length)
      }),
    )
  }

  private isMoved(word: Word): boolean {
    return this.own.some((commit) => touchedWords(this.parentOf(commit).state, commit.state).has(word))
  }

  /** Whether a plain commit of the fork brought what upstream did to a word. */
  isImported({ tookIn, parents }: Commit, word: Word): boolean {
    if (!tookIn) return false
    return (
      this.has(tookIn.to, word) !== this.has(parents[0] ?? 0, word) &&
      this.has(tookIn.from, word) !== this.has(tookIn.to, word)
    )
  }

  /** Whether the target, or a commit before it that the fork does not hold, has the word. */
  wasUpstream(word: Word): boolean {
    return this.range.some(({ number }) => this.has(number, word))
  }

  has(commit: number, word: Word): boolean {
    return this.sets[commit]?.has(word) ?? false
  }

  private stateOf(commit: number): State {
    return this.commits[commit]?.state ?? new Map()
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
