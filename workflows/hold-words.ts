import { setHandler } from '@temporalio/workflow'
import { describeHold, findHold, liveHolds, targetName, withHold, withoutHold } from '../domain/hold.ts'
import { type Proof, signerOf, unsigned } from '../domain/sealed.ts'
import type { Hold, WatchKnowledge } from '../domain/watch.ts'
import { recordWord } from '../domain/watch-word.ts'
import { holdSignal, holdUpdate, releaseSignal, releaseUpdate } from './messages.ts'
import { type HoldCircumstances, readHold, readTarget } from './read-hold-word.ts'

export interface HoldWordsDeps extends Omit<HoldCircumstances, 'proof'> {
  readonly change: (next: WatchKnowledge) => void
  /** Waits until what was changed is in Git, for a while. */
  readonly kept: () => Promise<unknown>
}

/** Takes a person's word that nothing new starts for an upstream, a fork or a line, and the word that lets it go again. */
export function handleHoldWords(deps: HoldWordsDeps): void {
  function hold(input: unknown, proof: Proof = unsigned): string {
    const read = readHold(input, { ...deps, proof })
    if (read.kind === 'wrong') return read.why
    const { known, now } = { known: deps.known(), now: deps.now() }
    const name = targetName(deps.upstream(), read.word)
    const standing = findHold(liveHolds(known.holds, now), read.word)
    if (standing && standing.until === read.word.until && standing.reason === read.word.reason) {
      return `${name} is held already: ${describeHold(standing)}. Nothing was changed.`
    }
    const { by, until, reason } = read.word
    const holds = withHold(liveHolds(known.holds, now), read.word)
    const detail = [until === null ? 'until it is released' : `until ${until}`, reason]
      .filter(Boolean)
      .join(': ')
    deps.change(
      recordWord(
        { ...known, holds },
        { name: 'hold', target: name, by, at: now, signedBy: signerOf(proof), detail },
      ),
    )
    const before = standing === null ? '' : ` Before, it was ${describeHold(standing)}.`
    return `${name} is held ${detail}. Nothing new starts; attempts that run go on.${before}`
  }

  function release(input: unknown, proof: Proof = unsigned): string {
    const read = readTarget(input, { ...deps, proof })
    if (read.kind === 'wrong') return read.why
    const { known, now } = { known: deps.known(), now: deps.now() }
    const name = targetName(deps.upstream(), read.word)
    const holds = liveHolds(known.holds, now)
    const standing = findHold(holds, read.word)
    const left = withoutHold(holds, read.word)
    if (standing === null)
      return `Nothing holds ${name} by that name.${others(left, deps.upstream())} Nothing was changed.`
    const { by } = read.word
    const word = {
      name: 'release',
      target: name,
      by,
      at: now,
      signedBy: signerOf(proof),
      detail: describeHold(standing),
    } as const
    deps.change(recordWord({ ...known, holds: left }, word))
    return `${name} is released; it was ${describeHold(standing)}.${others(left, deps.upstream())}`
  }

  async function keptAnswer(answer: string): Promise<string> {
    await deps.kept()
    return answer
  }

  setHandler(holdUpdate, async (input, proof) => keptAnswer(hold(input, proof)), {
    validator: (input, proof = unsigned) => refuse(readHold(input, { ...deps, proof })),
  })
  setHandler(releaseUpdate, async (input, proof) => keptAnswer(release(input, proof)), {
    validator: (input, proof = unsigned) => refuse(readTarget(input, { ...deps, proof })),
  })
  // A signal cannot be refused; one that does not fit changes nothing.
  setHandler(holdSignal, (input) => void hold(input))
  setHandler(releaseSignal, (input) => void release(input))
}

function refuse(read: ReturnType<typeof readHold | typeof readTarget>): void {
  if (read.kind === 'wrong') throw new Error(read.why)
}

/** What still stands, so that nobody takes one word for all. */
function others(holds: readonly Hold[], upstream: string): string {
  if (holds.length === 0) return ''
  const names = holds.slice(0, 5).map((hold) => targetName(upstream, hold))
  const more = holds.length > names.length ? ' and others' : ''
  return ` Still held: ${names.join(', ')}${more}.`
}
