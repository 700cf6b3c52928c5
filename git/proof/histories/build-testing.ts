import { edited } from './edit-testing.ts'
import { Growing } from './growing-testing.ts'
import type { Commit, History } from './history-testing.ts'
import { partOf } from './part-testing.ts'
import type { Branch, Op, Script, Step } from './script-testing.ts'
import { isSameState, mergeStates, type Settling, type State } from './states-testing.ts'

/** Builds the history that a script says. */
export function historyOf(script: Script): History {
  const builder = new Builder(script)
  for (const step of script.steps) builder.play(step)
  return builder.history()
}

class Builder extends Growing {
  history(): History {
    const main = this.tip('main')
    const onto = this.tips.get('release') ?? main
    return {
      script: this.script,
      commits: this.commits,
      head: this.tip('fork'),
      onto,
      branches: onto === main ? [] : [main],
      tags: this.tags,
    }
  }

  play(step: Step): void {
    switch (step.kind) {
      case 'edit':
        this.edit(step.on, step.ops)
        break
      case 'fixup':
        this.fixup(step.of, step.ops)
        break
      case 'take':
        this.take(step)
        break
      case 'squash':
        this.squash(step)
        break
      case 'revert':
        this.revert(step.on, step.number)
        break
      case 'import':
        this.import(step)
        break
      case 'side':
        this.tips.set('side', this.tip('fork'))
        break
      case 'join':
        this.join(step.settling)
        break
      case 'cut':
        this.tips.set('release', this.tip('main'))
        break
      case 'pick':
        this.pick(step.number)
        break
      case 'begin':
        this.tips.set('fork', this.tip('main'))
        break
      case 'stable':
        this.tag()
    }
  }

  /** Merges the fork as it is into a branch of upstream that the target lacks. */
  private tag(): void {
    const fork = this.at(this.tip('fork'))
    if (fork.by !== 'fork') return
    const parents = [this.standing(fork.number), fork.number]
    this.tags.push(
      this.add('release', { how: 'merge', subject: 'Merge our fix', state: fork.state, parents }),
    )
    this.tips.delete('release')
  }

  private edit(on: Branch, ops: readonly Op[]): void {
    const branch = this.tips.has(on) ? on : on === 'release' ? 'main' : 'fork'
    const state = edited(this.at(this.tip(branch)).state, ops, this.around(branch))
    if (state) this.add(branch, { how: 'edit', state })
  }

  private fixup(of: number, ops: readonly Op[]): void {
    const patches = this.patches().filter((patch) => patch.how === 'edit')
    const target = patches[of % Math.max(patches.length, 1)]
    if (!target) return
    const state = edited(this.at(this.tip('fork')).state, ops, this.around('fork', target.number))
    if (!state) return
    this.add('fork', { how: 'fixup', subject: `fixup! ${target.subject}`, state, fixes: target.number })
  }

  private take(step: Extract<Step, { kind: 'take' }>): void {
    const patch = this.patchAt(step.patch)
    if (!patch) return
    const before = this.at(patch.parents[0] ?? 0).state
    const after = partOf(before, patch.state, step)
    const settling = step.number % 3 === 0 ? 'theirs' : null
    this.takeOver(before, after, { settling, ops: step.ops, subject: `Take ${patch.subject}` })
  }

  private squash(step: Extract<Step, { kind: 'squash' }>): void {
    const patch = this.patchAt(step.patch)
    if (!patch) return
    const before = this.at(this.standing(patch.number)).state
    this.takeOver(before, patch.state, { settling: null, ops: step.ops, subject: 'Take it all' })
  }

  /** Merges a change of the fork into upstream's main; where they meet, only by the given means. */
  private takeOver(
    before: State,
    after: State,
    how: { readonly settling: Settling | null; readonly ops: readonly Op[]; readonly subject: string },
  ): void {
    const main = this.at(this.tip('main')).state
    const merged = mergeStates(before, { ours: main, theirs: after }, how.settling ?? 'ours')
    if (!merged || (merged.met && how.settling === null)) return
    const state = edited(merged.result, how.ops, this.around('main')) ?? merged.result
    this.add('main', { how: 'take', subject: how.subject, state })
  }

  private revert(on: 'main' | 'fork', number: number): void {
    const tip = this.tip(on)
    const own = this.line(tip).filter(
      (commit) => commit.number !== 0 && commit.by === (on === 'fork' ? 'fork' : 'upstream'),
    )
    const reverted = own.at(-1 - (number % Math.max(own.length, 1)))
    if (reverted?.parents.length !== 1) return
    const before = this.at(reverted.parents[0] ?? 0).state
    const sides = { ours: this.at(tip).state, theirs: before }
    const merged = mergeStates(reverted.state, sides, 'ours')
    if (!merged || merged.met) return
    const subject = `Revert ${reverted.subject}`
    this.add(on, { how: 'revert', subject, state: merged.result, reverts: reverted.number })
  }

  private import(step: Extract<Step, { kind: 'import' }>): void {
    const fork = this.tip('fork')
    const stands = this.standing(fork)
    const from = this.stoodOn(fork)
    const line = this.line(this.tip('main')).map((commit) => commit.number)
    const to = line.at(-1 - step.behind)
    if (to === undefined || to <= from || to <= stands || this.at(fork).by === 'upstream') return
    const settling = this.settling(step.settling)
    if (step.how === 'rebase') {
      this.rebase(to, settling)
      return
    }
    const sides = { ours: this.at(fork).state, theirs: this.at(to).state }
    const merged = mergeStates(this.at(from).state, sides, settling)
    if (!merged) return
    const state = edited(merged.result, step.ops, this.around('fork')) ?? merged.result
    const isMerge = step.how === 'merge'
    const parents = isMerge ? [fork, to] : [fork]
    const subject = `${isMerge ? 'Merge' : 'Update to'} upstream ${to}`
    const more = isMerge ? {} : { tookIn: { from, to } }
    this.add('fork', { how: isMerge ? 'merge' : 'import', subject, state, parents, ...more })
  }

  /** Makes the patches anew on another upstream commit, as a person does who rebases. */
  private rebase(to: number, settling: Settling): void {
    const patches = this.patches()
    if (patches.some((patch) => patch.parents.length > 1 || patch.how === 'import')) return
    const moved: { readonly patch: Commit; readonly state: State }[] = []
    let { state } = this.at(to)
    for (const patch of patches) {
      const before = this.at(patch.parents[0] ?? 0).state
      const merged = mergeStates(before, { ours: state, theirs: patch.state }, settling)
      if (!merged) return
      if (isSameState(merged.result, state)) continue
      state = merged.result
      moved.push({ patch, state })
    }
    if (moved.length === 0) return
    this.tips.set('fork', to)
    for (const { patch, state: made } of moved)
      this.add('fork', { how: 'edit', subject: patch.subject.replace(/^fixup! /, ''), state: made })
  }

  private join(settling: 'ours' | 'theirs' | 'both' | 'new'): void {
    const [fork, side] = [this.tip('fork'), this.tips.get('side')]
    if (side === undefined) return
    this.tips.delete('side')
    const [mine, yours] = [this.ancestors(fork), this.ancestors(side)]
    if (mine.has(side) || yours.has(fork)) return
    const common = Math.max(...[...mine].filter((number) => yours.has(number)))
    const sides = { ours: this.at(fork).state, theirs: this.at(side).state }
    const merged = mergeStates(this.at(common).state, sides, this.settling(settling))
    if (!merged) return
    this.add('fork', { how: 'merge', subject: 'Join our lines', state: merged.result, parents: [fork, side] })
  }

  private pick(number: number): void {
    const release = this.tips.get('release')
    if (release === undefined) return
    const line = this.line(this.tip('main')).filter((commit) => commit.parents.length === 1)
    const picked = line.at(-1 - (number % Math.max(line.length, 1)))
    if (!picked) return
    const before = this.at(picked.parents[0] ?? 0).state
    const sides = { ours: this.at(release).state, theirs: picked.state }
    const merged = mergeStates(before, sides, 'ours')
    if (!merged || merged.met) return
    this.add('release', { how: 'edit', subject: picked.subject, state: merged.result })
  }
}
