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
import type { PollResult } from '../activities/types.ts'
import { control, pollActivity } from './activity-proxies.ts'
import {
  configureSignal,
  pollNowSignal,
  statusQuery,
  type WatchInput,
  type WatchKnowledge,
  type WatchStatus,
} from './messages.ts'
import { showInLists } from './search-attributes.ts'
import { watchDetails } from './watch-details.ts'

const keptSkipped = 50
const keptDispatched = 50

/**
 * Notices the releases of one upstream for as long as it is followed. It stands on one activity that is retried for ever,
 * so that a poll which finds nothing writes no history.
 */
export async function watchUpstream(input: WatchInput): Promise<never> {
  let { upstream, forks, known, configDigest } = input
  let phase: WatchStatus['phase'] = 'polling'
  let again = false
  let polling: CancellationScope | null = null

  function status(): WatchStatus {
    return {
      kind: 'watch',
      upstream: upstream.name,
      phase,
      known,
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
    if (found !== null) await takeOver(found)
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished)
      return continueAsNew<typeof watchUpstream>({ upstream, forks, known, configDigest })
    }
  }

  /** Waits for news; null when it was asked to look at once. */
  async function poll(): Promise<PollResult | null> {
    again = false
    polling = new CancellationScope()
    try {
      return await polling.run(() =>
        pollActivity(upstream.pollSeconds).pollFeed({
          upstream,
          // Never a downgrade: what is older than the newest release that went out is left out, too.
          known: known === null ? null : { baseline: known.lastRelease ?? known.baseline, seen: known.seen },
        }),
      )
    } catch (error) {
      // A poll that was under way ends with its own failure instead of a cancellation.
      if (again && (isCancellation(error) || error instanceof ActivityFailure)) return null
      throw error
    } finally {
      polling = null
    }
  }

  async function takeOver(found: PollResult): Promise<void> {
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
  before: WatchKnowledge | null,
  found: Extract<PollResult, { kind: 'releases' }>,
): WatchKnowledge {
  const tags = found.fresh.map(({ tag }) => tag)
  return {
    baseline: before?.baseline ?? null,
    lastRelease: tags.at(-1) ?? before?.lastRelease ?? null,
    seen: found.seen,
    skipped: [...(before?.skipped ?? []), ...found.skipped].slice(-keptSkipped),
    dispatched: [...(before?.dispatched ?? []), ...tags].slice(-keptDispatched),
  }
}
