import { ActivityFailure } from '@temporalio/common'
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow'
import type { PollResult } from '../activities/watch-types.ts'
import { shownMoves } from '../domain/lines/alarm-evidence.ts'
import { newObjections } from '../domain/lines/feed-objections.ts'
import { fitKnowledge } from '../domain/lines/fit-knowledge.ts'
import { withSaid } from '../domain/lines/kept-knowledge.ts'
import { lineKey, lineRules } from '../domain/lines/line-rules.ts'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { packKnowledge, unpackKnowledge } from '../domain/lines/packed-knowledge.ts'
import { newAlarms } from '../domain/lines/pins.ts'
import { standingOf, watchNeed } from '../domain/lines/standing.ts'
import { waitingReleases } from '../domain/lines/waiting-releases.ts'
import { freshMemory } from '../domain/poll-memory.ts'
import { type Proof, unsigned } from '../domain/sealed.ts'
import { nothingKnown, type WatchKnowledge } from '../domain/watch.ts'
import { control, pollActivity, quickLook } from './activity-proxies.ts'
import { handleHoldWords } from './hold-words.ts'
import { handleLineWords } from './line-words.ts'
import { configureSignal, pollNowSignal, statusQuery, type WatchInput, type WatchStatus } from './messages.ts'
import { carryEvidence, comparesMoves } from './move-evidence.ts'
import { showInLists } from './search-attributes.ts'
import { handleTagWords } from './tag-words.ts'
import { isUnsignedAnswer } from './unsigned-answer.ts'
import { watchDetails, watchQuestion } from './watch-details.ts'
import { watchMemoryOf } from './watch-memory.ts'

/** How long a poll waits after one whose answer nobody signed: anybody can give such an answer. */
const afterUnsigned = '1m'

/**
 * Notices the releases of one upstream for as long as it is followed. It stands on one activity that is retried for ever,
 * so that a poll which finds nothing writes no history.
 */
export async function watchUpstream(input: WatchInput, proof: Proof = unsigned): Promise<never> {
  let { upstream, forks, configDigest } = input
  /** When the settings were signed: those that were signed before are not taken again. */
  let configuredAt = input.configuredAt ?? (proof.kind === 'signed' ? proof.at : '')
  let known = input.known && unpackKnowledge(input.known)
  let phase: WatchStatus['phase'] = 'polling'
  let memory = input.memory ?? freshMemory
  let polling: CancellationScope | null = null
  let leaving: CancellationScope | null = null
  let standing = ''
  /** Whether the memo has evidence of tags that moved, which goes when they do. */
  let hadMoves = shownMoves(known?.alarms ?? []).length > 0
  let again = false
  /** Whether what a poll is told is not so any more; what it finds is dropped then. */
  let outdated = false
  /** Whether it is not known yet what this watch knew before its database was lost. */
  let recalling = known === null
  /** Whether somebody asked for this poll: it compares the tags, too. */
  let asked = false

  function status(): WatchStatus {
    return {
      kind: 'watch',
      upstream: upstream.name,
      phase,
      known,
      waiting: known === null ? [] : waitingReleases(known, lineRules(upstream, forks), Date.now()),
      pollSeconds: upstream.pollSeconds,
      forks: [...new Set(forks.map(({ name }) => name))],
    }
  }
  function pollAgain(): void {
    again = true
    void leavePoll()
  }
  function show(): void {
    setCurrentDetails(watchDetails(status(), upstream))
    const rules = lineRules(upstream, forks)
    const shown = standingOf(known ?? nothingKnown, upstream, { rules, now: now(), polls: memory })
    const moves = shownMoves(known?.alarms ?? [])
    const all = JSON.stringify([shown, moves])
    if (all === standing) return
    standing = all
    hadMoves ||= moves.length > 0
    upsertMemo({ standing: shown, ...(hadMoves ? { moves } : {}) })
  }
  function showNews(): void {
    show()
    const question = watchQuestion(known)
    const needs = watchNeed(known)
    showInLists({ release: newestRelease(known), needs, question }, new Date(Date.now()))
  }
  /** Takes over what a person changed: the poll begins anew, because what is due may be another thing now. */
  function change(next: WatchKnowledge): void {
    known = fitKnowledge(next)
    outdated = true
    showNews()
    if (!recalling) memoryInGit.keep()
    pollAgain()
  }

  const memoryInGit = watchMemoryOf({ upstream: () => upstream, forks: () => forks, known: () => known })
  const compareMoves = comparesMoves({
    upstream: () => upstream,
    known: () => known,
    learn: (next) => {
      known = next
      show()
    },
  })

  setHandler(statusQuery, status)
  setHandler(pollNowSignal, () => {
    asked = true
    pollAgain()
  })
  setHandler(configureSignal, (next, proof) => {
    if (proof?.kind !== 'signed' || proof.at <= configuredAt) return
    configuredAt = proof.at
    if (next.configDigest === configDigest) return
    if (next.upstream.feed !== upstream.feed) {
      memory = { ...freshMemory, lastSuccessAt: memory.lastSuccessAt }
      if (known !== null && known.questions.length > 0) known = { ...known, questions: [] }
    }
    upstream = next.upstream
    forks = next.forks
    configDigest = next.configDigest
    outdated = true
    upsertMemo({ configDigest })
    void offerSettings()
    showNews()
    pollAgain()
  })
  const decisions = () => upstream.decisions
  const { kept } = memoryInGit
  handleTagWords({ known: () => known, change, kept, now, decisions })
  handleLineWords({
    upstream: () => upstream,
    forks: () => forks,
    known: () => known ?? nothingKnown,
    change,
    kept,
    now,
    decisions,
  })
  handleHoldWords({
    upstream: () => upstream.name,
    lines: () => forks.map(({ name, line }) => ({ fork: name, line })),
    known: () => known ?? nothingKnown,
    change,
    kept,
    now,
    decisions,
  })

  if (input.known === null) showInLists({ upstream: upstream.name, phase: 'polling' }, new Date(Date.now()))
  show()
  if (recalling) await begin()
  memoryInGit.keep()
  compareMoves()
  while (true) {
    const found = await poll()
    if (found !== null) await takeOver(found)
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      const packed = known === null ? null : packKnowledge(known)
      return continueAsNew<(next: WatchInput) => Promise<never>>({
        upstream,
        forks,
        known: packed,
        configDigest,
        memory,
        configuredAt,
      })
    }
  }

  /** Tells running attempts of the new settings; one that nobody can tell keeps those that it began with. */
  async function offerSettings(): Promise<void> {
    try {
      await control.offerSettings({ upstream, forks })
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error
    }
  }

  /** Takes up what was known before the database was lost, with what persons said meanwhile. */
  async function begin(): Promise<void> {
    const before = await memoryInGit.recall()
    if (before !== null) known = fitKnowledge(withSaid(before, known))
    recalling = false
    if (known !== null) showNews()
  }

  /** Waits for news; null when it is to be looked at once more. */
  async function poll(): Promise<PollResult | null> {
    const look = asked
    again = outdated = asked = false
    polling = new CancellationScope()
    try {
      const told = {
        upstream,
        lines: lineRules(upstream, forks),
        known: known && packKnowledge(known),
        memory,
        ...(look ? { look } : {}),
      }
      const found = await polling.run(() => pollActivity(upstream.pollSeconds).pollFeed(told))
      memory = found.memory
      return outdated ? null : found
    } catch (error) {
      // A poll that was under way ends with its own failure instead of a cancellation.
      if (again && (isCancellation(error) || error instanceof ActivityFailure)) return null
      if (isUnsignedAnswer(error)) {
        await condition(() => again, afterUnsigned)
        return null
      }
      throw error
    } finally {
      polling = null
    }
  }

  /** Ends the pending poll, once it is known what it came to. */
  async function leavePoll(): Promise<void> {
    const left = polling
    if (left === null || leaving === left) return
    leaving = left
    const { feed } = upstream
    try {
      const read = await quickLook.readPollMemory()
      if (read !== null && polling === left && upstream.feed === feed) {
        memory = read
        show()
      }
    } catch (error) {
      // Without an answer some polls are forgotten, which is better than not to look at once.
      if (!(error instanceof ActivityFailure)) throw error
    }
    left.cancel()
  }

  async function takeOver(found: PollResult): Promise<void> {
    const next = carryEvidence(unpackKnowledge(found.known), known)
    const alarms = newAlarms(known, next)
    const words = newObjections(known, next)
    known = next
    phase = 'dispatching'
    if (alarms.length > 0) {
      show()
      memoryInGit.keep()
      await control.tellMovedTags({ upstream: upstream.name, tags: alarms })
    }
    if (words.length > 0) await control.tellFeedWords({ upstream: upstream.name, words })
    const settings = new Map(forks.map((fork) => [lineKey(fork), { upstream, fork }]))
    for (const { release, lines, returned } of found.starts) {
      const { tag, publishedAt, url } = release
      for (const line of lines) {
        const attempt = settings.get(line)
        if (attempt === undefined) continue
        await control.startMaintenance({
          settings: attempt,
          release: { tag, publishedAt, url },
          ...(returned && { returned }),
        })
      }
    }
    phase = 'polling'
    showNews()
    memoryInGit.keep()
    compareMoves()
  }
}

function now(): string {
  return new Date(Date.now()).toISOString().replace(/\.\d+Z$/, 'Z')
}
