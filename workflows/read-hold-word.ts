import { findHold, liveHolds, longestReason, mostHolds, readMoment } from '../domain/hold.ts'
import { type Proof, signerOf } from '../domain/sealed.ts'
import type { DecisionRule } from '../domain/settings.ts'
import type { Hold, WatchKnowledge } from '../domain/watch.ts'
import { refuseUnproven } from './decision-rules.ts'

/** What decides whether a word about a hold can be taken. */
export interface HoldCircumstances {
  readonly upstream: () => string
  /** The lines that follow the upstream. */
  readonly lines: () => readonly { readonly fork: string; readonly line: string }[]
  readonly known: () => WatchKnowledge
  /** ISO 8601. */
  readonly now: () => string
  readonly decisions: () => DecisionRule | undefined
  readonly proof: Proof
}

type Read<T> = { readonly kind: 'word'; readonly word: T } | { readonly kind: 'wrong'; readonly why: string }

const longestName = 80

/** The hold that a message asks for, or a sentence on what is wrong with it: anybody can send one with any input. */
export function readHold(input: unknown, deps: HoldCircumstances): Read<Hold> {
  const target = readTarget(input, deps)
  if (target.kind === 'wrong') return target
  const { until = null, reason = '' } = (input ?? {}) as Readonly<Record<string, unknown>>
  const now = deps.now()
  const end = until === null ? null : typeof until === 'string' ? readMoment(until) : undefined
  if (end === undefined || (end === null && until !== null)) {
    return wrong(
      '`until` is a day such as `2026-12-01`, or a moment with its zone such as `2026-12-01T08:00Z`.',
    )
  }
  if (end !== null && Date.parse(end) <= Date.parse(now)) return wrong(`\`until\` is over: it is ${now} now.`)
  if (typeof reason !== 'string' || reason.length > longestReason) {
    return wrong(`\`reason\` is a text of at most ${longestReason} characters.`)
  }
  const holds = liveHolds(deps.known().holds, now)
  if (holds.length >= mostHolds && findHold(holds, target.word) === null) {
    return wrong(`There are ${holds.length} holds already; hold a whole fork or the upstream instead.`)
  }
  return {
    kind: 'word',
    word: { ...target.word, at: now, until: end, reason: plain(reason), signedBy: signerOf(deps.proof) },
  }
}

/** What a message is about: the upstream where it names nothing else. */
export function readTarget(
  input: unknown,
  deps: HoldCircumstances,
): Read<Pick<Hold, 'fork' | 'line' | 'by'>> {
  const unproven = refuseUnproven(deps.proof, deps.decisions())
  if (unproven !== null) return wrong(unproven)
  const { fork = null, line = null, by = 'a signal' } = (input ?? {}) as Readonly<Record<string, unknown>>
  if (typeof by !== 'string' || by.length > longestName) return wrong('`by` is a name.')
  if (fork === null && line === null) return { kind: 'word', word: { fork: null, line: null, by: plain(by) } }
  if (typeof fork !== 'string' || (line !== null && typeof line !== 'string')) {
    return wrong('`fork` is the name of a fork, and `line` that of one of its lines.')
  }
  // What is held can be released, even when the config has it no more.
  if (findHold(deps.known().holds, { fork, line }))
    return { kind: 'word', word: { fork, line, by: plain(by) } }
  const lines = deps.lines()
  const names = [...new Set(lines.map((each) => each.fork))]
  if (!names.includes(fork)) {
    return wrong(
      `No fork \`${plain(fork)}\` follows ${deps.upstream()}; there is: ${names.join(', ') || 'none'}.`,
    )
  }
  const own = lines.filter((each) => each.fork === fork).map((each) => each.line)
  if (line !== null && !own.includes(line)) {
    return wrong(`The fork ${fork} has no line \`${plain(line)}\`; there is: ${own.join(', ')}.`)
  }
  return { kind: 'word', word: { fork, line, by: plain(by) } }
}

function wrong(why: string): { readonly kind: 'wrong'; readonly why: string } {
  return { kind: 'wrong', why }
}

/** One line without control characters: it is shown to others. */
function plain(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .trim()
    .slice(0, longestReason)
}
