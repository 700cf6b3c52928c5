import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { setHandler } from '@temporalio/workflow'
import { lineKey, tagRulesOf } from '../domain/lines/line-rules.ts'
import { moveStand } from '../domain/lines/line-stands.ts'
import { type Proof, signerOf, unsigned } from '../domain/sealed.ts'
import type { DecisionRule, ForkSettings, UpstreamSettings } from '../domain/settings.ts'
import type { WatchKnowledge } from '../domain/watch.ts'
import { recordWord } from '../domain/watch-word.ts'
import { ledger, lookUp } from './activity-proxies.ts'
import { refuseUnproven } from './decision-rules.ts'
import { ranByHandSignal, type SetLineInput, setLineSignal, setLineUpdate } from './messages.ts'

const longestName = 80
const longestTag = 300
const longestReason = 200

export interface LineWordsDeps {
  readonly upstream: () => UpstreamSettings
  readonly forks: () => readonly ForkSettings[]
  readonly known: () => WatchKnowledge
  readonly change: (next: WatchKnowledge) => void
  /** Waits until what was changed is in Git, for a while. */
  readonly kept: () => Promise<unknown>
  /** ISO 8601. */
  readonly now: () => string
  readonly decisions: () => DecisionRule | undefined
}

/** Takes a person's word on what a line stands on, and what attempts tell that were begun by hand. */
export function handleLineWords(deps: LineWordsDeps): void {
  async function set(input: unknown, proof: Proof = unsigned): Promise<string> {
    const word = readWord(input, { ...deps, proof })
    if (typeof word === 'string') return word
    const { fork, tag, by, reason } = word
    const upstream = deps.upstream()
    const found = await lookUp.lookUpTag({ upstream, tags: tagRulesOf(upstream, fork), tag })
    if (found.kind === 'refused') throw ApplicationFailure.nonRetryable(`${found.why} Nothing was changed.`)
    const key = lineKey(fork)
    const known = deps.known()
    const before = known.lines[key]?.standsOn ?? null
    const at = deps.now()
    const note = reason === '' ? by : `${by}: ${reason}`
    const moved = moveStand(known, key, { tag, stand: { because: 'set', note, again: true } })
    const detail = `on ${tag}, before ${before ?? 'nothing'}${reason === '' ? '' : `: ${reason}`}`
    deps.change(
      recordWord(moved, { name: 'setLine', target: key, by, at, signedBy: signerOf(proof), detail }),
    )
    const event = { kind: 'line-set', fork: fork.name, line: fork.line, tag, by, at, reason, before } as const
    void record({ settings: { upstream, fork }, event })
    await deps.kept()
    return `${key} stands on ${tag}; it stood on ${before ?? 'nothing'}. Newer releases that the rules take are judged anew with the next poll.`
  }

  setHandler(setLineUpdate, set, {
    validator: (input, proof) => {
      const word = readWord(input, { ...deps, proof })
      if (typeof word === 'string') throw new Error(word)
    },
  })
  setHandler(setLineSignal, async (input) => {
    // A signal cannot be refused; one that does not fit changes nothing.
    await set(input).catch(() => '')
  })
  setHandler(ranByHandSignal, ({ fork, line, tag }, proof) => {
    if (proof?.kind !== 'signed') return
    const own = deps.forks().find((each) => each.name === fork && each.line === line)
    const known = deps.known()
    if (own === undefined || known.lines[lineKey(own)]?.standsOn === tag) return
    const sent = [...(known.sent ?? []).filter((each) => each.tag !== tag), { tag, publishedAt: null }]
    const moved = moveStand(known, lineKey(own), { tag, stand: { because: 'run' } })
    deps.change({ ...moved, sent: sent.slice(-10) })
  })
}

/** Without a worker that holds the mirror the line stands where it was set all the same. */
async function record(input: Parameters<typeof ledger.recordEvent>[0]): Promise<void> {
  try {
    await ledger.recordEvent(input)
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
  }
}

interface LineWord {
  readonly fork: ForkSettings
  readonly tag: string
  readonly by: string
  readonly reason: string
}

/** Takes from a message what has the right shape: anybody can send one with any input. */
function readWord(
  input: unknown,
  { forks, decisions, proof }: LineWordsDeps & { readonly proof: Proof },
): LineWord | string {
  const unproven = refuseUnproven(proof, decisions())
  if (unproven !== null) return unproven
  const {
    fork,
    line,
    tag,
    by = 'a signal',
    reason = '',
  } = (input ?? {}) as Partial<Readonly<Record<keyof SetLineInput, unknown>>>
  if (typeof tag !== 'string' || tag === '' || tag.length > longestTag) return '`tag` is the name of a tag.'
  if (typeof by !== 'string' || by.length > longestName) return '`by` is a name.'
  if (typeof reason !== 'string' || reason.length > longestReason) {
    return `\`reason\` is a text of at most ${longestReason} characters.`
  }
  const own = forks().find((each) => each.name === fork && each.line === line)
  if (own !== undefined) return { fork: own, tag, by: plain(by), reason: plain(reason) }
  const names = forks().map(lineKey).join(', ')
  return `There is no such line; the lines are: ${names || 'none'}.`
}

/** One line without control characters: it is shown to others. */
function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
}
