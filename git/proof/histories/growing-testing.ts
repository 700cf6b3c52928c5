import type { Around } from './edit-testing.ts'
import { ancestorsOf, type Commit, lineOf } from './history-testing.ts'
import type { Branch, Script } from './script-testing.ts'
import { type File, isSameState, type Settling, type Word, wordsOf } from './states-testing.ts'

/** Commits and branches of a history as it grows. */
export class Growing {
  protected readonly commits: Commit[] = []
  protected readonly tips = new Map<Branch, number>()
  protected readonly tags: number[] = []
  protected readonly script: Script
  private words = 0
  private files = 0

  constructor(script: Script) {
    this.script = script
    const state = new Map(
      script.files.map((size, index): [string, File] => [
        `f${index}`,
        { path: index === 2 ? 'd/f2' : `f${index}`, words: this.many('b', size) },
      ]),
    )
    this.commits.push({
      number: 0,
      by: 'upstream',
      how: 'edit',
      subject: `start of ${this.script.seed}`,
      parents: [],
      state,
    })
    this.tips.set('main', 0)
    this.tips.set('fork', 0)
  }

  protected add(
    on: Branch,
    made: Pick<Commit, 'how' | 'state'> &
      Partial<Pick<Commit, 'subject' | 'parents' | 'tookIn' | 'fixes' | 'reverts'>>,
  ): number {
    const tip = this.tips.get(on) ?? this.tip('main')
    const by = on === 'fork' || on === 'side' ? 'fork' : 'upstream'
    const number = this.commits.length
    if (!made.parents && isSameState(made.state, this.at(tip).state)) return tip
    this.commits.push({ number, by, subject: `${by} ${number}`, parents: [tip], ...made })
    this.tips.set(on, number)
    return number
  }

  protected around(on: Branch, patch?: number): Around {
    const letter = on === 'fork' || on === 'side' ? 'f' : 'u'
    return {
      word: () => this.many(letter, 1)[0] as Word,
      file: () => {
        this.files += 1
        return this.files
      },
      former: () => {
        const seen = new Map<string, File>()
        for (const { state } of this.line(this.tip(on))) for (const [id, file] of state) seen.set(id, file)
        return [...seen].reverse()
      },
      taken: (number) => {
        const taken = patch === undefined ? this.patchAt(number) : this.at(patch)
        if (!taken) return new Set()
        const before = wordsOf(this.at(taken.parents[0] ?? 0).state)
        return new Set([...wordsOf(taken.state)].filter((word) => !before.has(word)))
      },
    }
  }

  protected settling(name: 'ours' | 'theirs' | 'both' | 'new'): Settling {
    return name === 'new' ? { by: () => this.many('f', 1)[0] as Word } : name
  }

  protected many(letter: string, count: number): readonly Word[] {
    return Array.from({ length: count }, () => {
      this.words += 1
      return `${letter}${String(this.words).padStart(3, '0')}`
    })
  }

  protected at(number: number): Commit {
    return this.commits[number] as Commit
  }

  protected tip(branch: Branch): number {
    return this.tips.get(branch) ?? 0
  }

  protected line(tip: number): readonly Commit[] {
    return lineOf(this.commits, tip)
  }

  protected ancestors(tip: number): ReadonlySet<number> {
    return ancestorsOf(this.commits, tip)
  }

  /** The patches of the fork's first line. */
  protected patches(): readonly Commit[] {
    return this.line(this.tip('fork')).filter((commit) => commit.by === 'fork')
  }

  protected patchAt(number: number): Commit | undefined {
    const patches = this.patches().filter((patch) => patch.parents.length === 1)
    return patches[number % Math.max(patches.length, 1)]
  }

  /** The newest upstream commit that a commit of the fork holds. */
  protected standing(tip: number): number {
    return Math.max(...[...this.ancestors(tip)].filter((number) => this.at(number).by === 'upstream'))
  }

  /** The same, with what plain commits took in. */
  protected stoodOn(tip: number): number {
    const taken = [...this.ancestors(tip)].map((number) => this.at(number).tookIn?.to ?? 0)
    return Math.max(this.standing(tip), ...taken)
  }
}
