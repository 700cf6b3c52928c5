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
import type { PollInput, PollResult } from '../activities/watch-types.ts'
import { type EarlierKnowledge, fromEarlier } from '../domain/lines/earlier-knowledge.ts'
import type { FeedRelease, SkippedRelease } from '../domain/release.ts'
import { control, pollActivity } from './activity-proxies.ts'
import { configureSignal, pollNowSignal, statusQuery, type WatchInput, type WatchStatus } from './messages.ts'
import { showInLists } from './search-attributes.ts'
import { watchDetails } from './watch-details.ts'

const keptSkipped = 50
const keptDispatched = 50

/** What the polls of that time found. */
type EarlierResult =
  | { readonly kind: 'baseline'; readonly baseline: string | null; readonly seen: readonly string[] }
  | {
      readonly kind: 'releases'
      readonly fresh: readonly FeedRelease[]
      readonly skipped: readonly SkippedRelease[]
      readonly seen: readonly string[]
    }
  | Extract<PollResult, { kind: 'outdated' }>

/**
 * A watch that began before forks had lines: what its history holds is replayed as it was. With its next poll it goes on
 * in a new run, and there as watches are now.
 */
export async function watchBeforeLines(input: WatchInput): Promise<never> {
  let { upstream, forks, configDigest } = input
  let known = input.known as EarlierKnowledge | null
  let phase: WatchStatus['phase'] = 'polling'
  let again = false
  let polling: CancellationScope | null = null

  function status(): WatchStatus {
    return {
      kind: 'watch',
      upstream: upstream.name,
      phase,
      known: known === null ? null : fromEarlier(known, forks),
      waiting: [],
      pollSeconds: upstream.pollSeconds,
      forks: forks.map(({ name }) => name),
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
    showInLists({ release: known?.lastRelease ?? null }, new Date(Date.now()))
  }

  setHandler(statusQuery, status)
  setHandler(pollNowSignal, pollAgain)
  setHandler(configureSignal, (change) => {
    if (change.configDigest === configDigest) return
    upstream = change.upstream
    forks = change.forks
    configDigest = change.configDigest
    upsertMemo({ configDigest })
    show()
    pollAgain()
  })

  if (known === null) showInLists({ upstream: upstream.name, phase: 'polling' }, new Date(Date.now()))
  show()
  while (true) {
    const found = await poll()
    if (found !== null && found.kind !== 'outdated') await takeOver(found)
    if (found?.kind === 'outdated' || workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      return continueAsNew<(input: WatchInput) => Promise<never>>({ upstream, forks, known, configDigest })
    }
  }

  /** Waits for news; null when it was asked to look at once. */
  async function poll(): Promise<EarlierResult | null> {
    again = false
    polling = new CancellationScope()
    const stands = known?.lastRelease ?? known?.baseline ?? null
    const knownThen = known === null ? null : { baseline: stands, seen: known.seen }
    try {
      return await polling.run(
        () =>
          pollActivity(upstream.pollSeconds).pollFeed({
            upstream,
            known: knownThen,
          } as unknown as PollInput) as unknown as Promise<EarlierResult>,
      )
    } catch (error) {
      // A poll that was under way ends with its own failure instead of a cancellation.
      if (again && (isCancellation(error) || error instanceof ActivityFailure)) return null
      throw error
    } finally {
      polling = null
    }
  }

  async function takeOver(found: Exclude<EarlierResult, { kind: 'outdated' }>): Promise<void> {
    if (found.kind === 'baseline') {
      known = {
        baseline: found.baseline,
        lastRelease: found.baseline,
        seen: found.seen,
        skipped: [],
        dispatched: [],
      }
      showNews()
      return
    }
    phase = 'dispatching'
    for (const release of found.fresh) {
      for (const fork of forks) {
        const { tag, publishedAt, url } = release
        await control.startMaintenance({ settings: { upstream, fork }, release: { tag, publishedAt, url } })
      }
    }
    known = learned(known, found)
    phase = 'polling'
    showNews()
  }
}

function learned(
  before: EarlierKnowledge | null,
  found: Extract<EarlierResult, { kind: 'releases' }>,
): EarlierKnowledge {
  const tags = found.fresh.map(({ tag }) => tag)
  return {
    baseline: before?.baseline ?? null,
    lastRelease: tags.at(-1) ?? before?.lastRelease ?? null,
    seen: found.seen,
    skipped: [...(before?.skipped ?? []), ...found.skipped].slice(-keptSkipped),
    dispatched: [...(before?.dispatched ?? []), ...tags].slice(-keptDispatched),
  }
}
