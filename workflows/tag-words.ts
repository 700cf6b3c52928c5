import { setHandler } from '@temporalio/workflow'
import { withoutTag } from '../domain/lines/line-stands.ts'
import { acceptMovedTag } from '../domain/lines/pins.ts'
import { type Proof, signerOf, unsigned } from '../domain/sealed.ts'
import type { DecisionRule } from '../domain/settings.ts'
import type { WatchKnowledge, WatchWord } from '../domain/watch.ts'
import { recordWord } from '../domain/watch-word.ts'
import { refuseUnproven } from './decision-rules.ts'
import { type AcceptTagInput, acceptTagSignal, acceptTagUpdate } from './messages.ts'

const longestName = 80

export interface TagWordsDeps {
  readonly known: () => WatchKnowledge | null
  readonly change: (next: WatchKnowledge) => void
  /** Waits until what was changed is in Git, for a while. */
  readonly kept: () => Promise<unknown>
  /** ISO 8601. */
  readonly now: () => string
  readonly decisions: () => DecisionRule | undefined
}

/** Takes a person's word that a tag which moved may be what it is now. */
export function handleTagWords({ known, change, kept, now, decisions }: TagWordsDeps): void {
  function accept(input: unknown, proof: Proof = unsigned): WatchKnowledge | string {
    const unproven = refuseUnproven(proof, decisions())
    if (unproven !== null) return unproven
    const before = known()
    const word = readWord(input)
    if (before === null || before.alarms.length === 0) return 'There is no alarm about a tag.'
    const after = word && acceptMovedTag(before, word)
    if (word && after) {
      const next = word.tagObject === null ? withoutTag(after, word.tag) : after
      return recordWord(next, recordOf(word, now(), proof))
    }
    const standing = before.alarms.map((alarm) => `${alarm.tag} as ${alarm.after?.tagObject ?? 'gone'}`)
    return `No such tag waits for a word; what can be accepted is: ${standing.join(', ')}.`
  }

  setHandler(
    acceptTagUpdate,
    async (input, proof) => {
      const next = accept(input, proof)
      if (typeof next === 'string') return next
      change(next)
      await kept()
      return `${input.tag} is accepted as it is now.`
    },
    {
      validator: (input, proof) => {
        const next = accept(input, proof)
        if (typeof next === 'string') throw new Error(next)
      },
    },
  )
  setHandler(acceptTagSignal, (input) => {
    // A signal cannot be refused; one that does not fit changes nothing.
    const next = accept(input)
    if (typeof next !== 'string') change(next)
  })
}

function recordOf({ tag, tagObject, by }: AcceptTagInput, at: string, proof: Proof): WatchWord {
  return {
    name: 'acceptTag',
    target: tag,
    by: by ?? 'a signal',
    at,
    signedBy: signerOf(proof),
    detail: `as ${tagObject ?? 'gone'}`,
  }
}

/** Takes from a message what has the right shape: anybody can send one with any input. */
function readWord(input: unknown): AcceptTagInput | null {
  const { tag, tagObject, by } = (input ?? {}) as Readonly<Record<string, unknown>>
  if (typeof tag !== 'string' || (typeof tagObject !== 'string' && tagObject !== null)) return null
  return { tag, tagObject, ...(typeof by === 'string' ? { by: by.slice(0, longestName) } : {}) }
}
