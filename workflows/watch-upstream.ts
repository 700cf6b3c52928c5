import { ActivityFailure } from '@temporalio/common'
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow'
import type { PollResult } from '../activities/types.ts'
import { fromEarlier, isEarlier } from '../domain/lines/earlier-knowledge.ts'
import { lineKey, lineRules } from '../domain/lines/line-rules.ts'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { waitingReleases } from '../domain/lines/waiting-releases.ts'
import type { WatchKnowledge } from '../domain/watch.ts'
import { control, pollActivity } from './activity-proxies.ts'
import { configureSignal, pollNowSignal, statusQuery, type WatchInput, type WatchStatus } from './messages.ts'
import { showInLists } from './search-attributes.ts'
import { handleTagWords } from './tag-words.ts'
import { watchBeforeLines } from './watch-before-lines.ts'
import { watchDetails } from './watch-details.ts'

/**
 * Notices the releases of one upstream for as long as it is followed. It stands on one activity that is retried for ever,
 * so that a poll which finds nothing writes no history.
 */
export async function watchUpstream(input: WatchInput): Promise<never> {
  if (!patched('lines')) return watchBeforeLines(input)
  let { upstream, forks, configDigest } = input
  let known = input.known && isEarlier(input.known) ? fromEarlier(input.known, forks) : input.known
  let phase: WatchStatus['phase'] = 'polling'
  let polling: CancellationScope | null = null
  let again = false
  /** Whether what a poll is told is not so any more; what it finds is dropped then. */
  let outdated = false
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
    polling?.cancel()
  }
  function show(): void {
    setCurrentDetails(watchDetails(status(), upstream))
  }
  function showNews(): void {
    show()
    const needs = known !== null && known.alarms.length > 0 ? 'tag-moved' : null
    showInLists({ release: newestRelease(known), needs }, new Date(Date.now()))
  }
  /** Takes over what a person changed: the poll begins anew, because what is due may be another thing now. */
  function change(next: WatchKnowledge): void {
    known = next
    outdated = true
    showNews()
    pollAgain()
  }

  setHandler(statusQuery, status)
  setHandler(pollNowSignal, () => {
    asked = true
    pollAgain()
  })
  setHandler(configureSignal, (next) => {
    if (next.configDigest === configDigest) return
    upstream = next.upstream
    forks = next.forks
    configDigest = next.configDigest
    outdated = true
    upsertMemo({ configDigest })
    show()
    pollAgain()
  })
  handleTagWords({ known: () => known, change })

  if (input.known === null) showInLists({ upstream: upstream.name, phase: 'polling' }, new Date(Date.now()))
  show()
  while (true) {
    const found = await poll()
    if (found?.kind === 'found') await takeOver(found)
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      return continueAsNew<typeof watchUpstream>({ upstream, forks, known, configDigest })
    }
  }

  /** Waits for news; null when it is to be looked at once more. */
  async function poll(): Promise<PollResult | null> {
    const look = asked
    again = outdated = asked = false
    polling = new CancellationScope()
    try {
      const told = { upstream, lines: lineRules(upstream, forks), known, ...(look ? { look } : {}) }
      const found = await polling.run(() => pollActivity(upstream.pollSeconds).pollFeed(told))
      return outdated ? null : found
    } catch (error) {
      // A poll that was under way ends with its own failure instead of a cancellation.
      if (again && (isCancellation(error) || error instanceof ActivityFailure)) return null
      throw error
    } finally {
      polling = null
    }
  }

  async function takeOver(found: Extract<PollResult, { kind: 'found' }>): Promise<void> {
    known = found.known
    phase = 'dispatching'
    const settings = new Map(forks.map((fork) => [lineKey(fork), { upstream, fork }]))
    for (const { release, lines } of found.starts) {
      const { tag, publishedAt, url } = release
      for (const line of lines) {
        const attempt = settings.get(line)
        if (attempt === undefined) continue
        await control.startMaintenance({ settings: attempt, release: { tag, publishedAt, url } })
      }
    }
    phase = 'polling'
    showNews()
  }
}
