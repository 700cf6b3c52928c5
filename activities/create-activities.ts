import type { UpstreamSettings } from '../domain/settings.ts'
import { createTurns } from '../domain/turns.ts'
import { onSoundMirror } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { fetchRelease } from './fetch-release.ts'
import { lookUpTag } from './look-up-tag.ts'
import { moveBranch } from './move-branch.ts'
import { offerSettings } from './offer-settings.ts'
import { pollFeed } from './poll-feed.ts'
import { pushCandidate } from './push-candidate.ts'
import { readPollMemory } from './read-poll-memory.ts'
import { rebaseStack } from './rebase-stack.ts'
import { recordAttempt } from './record-attempt.ts'
import { recordEvent } from './record-event.ts'
import { regenerate } from './regenerate.ts'
import { seenByWatch } from './seen-by-watch.ts'
import { showMovedTags } from './show-moved-tags.ts'
import { startMaintenance } from './start-maintenance.ts'
import { runStep, type StepContext } from './step.ts'
import { supersedeOlder } from './supersede-older.ts'
import { tellFeedWords } from './tell-feed-words.ts'
import { tellMovedTags } from './tell-moved-tags.ts'
import { tellRanByHand } from './tell-ran-by-hand.ts'
import type { ControlActivities, GitActivities, VerifyActivities } from './types.ts'
import { verifyCandidate } from './verify-candidate.ts'
import { keepWatch, recallWatch } from './watch-memory.ts'

/** The activities of each role, bound to the worker that runs them. */
export interface Activities {
  readonly control: ControlActivities
  readonly git: GitActivities
  readonly verify: VerifyActivities
}

/** Replays use the machine itself, unlike what waits for a remote: so many at once. */
const inTurn = createTurns(4)

/** Binds every activity to a worker's folders and environment. */
export function createActivities(deps: ActivityDeps): Activities {
  /** A step on the mirror of an upstream, which heals where it is damaged. */
  const onMirror = <T>(upstream: UpstreamSettings, work: (step: StepContext) => Promise<T>) =>
    runStep(
      (step) =>
        onSoundMirror({ path: deps.data.mirrorOf(upstream.name), signal: step.signal }, () => work(step)),
      upstream,
    )
  return {
    control: {
      pollFeed: (input) => pollFeed(input, deps),
      readPollMemory,
      startMaintenance,
      supersedeOlder: (input) => supersedeOlder(input, deps),
      tellMovedTags,
      offerSettings,
      tellFeedWords,
      tellRanByHand,
      lookUpTag: (input) => lookUpTag(input, deps),
    },
    git: {
      fetchRelease: (input) =>
        onMirror(input.settings.upstream, (step) => fetchRelease(input, { seenByWatch, ...deps }, step)),
      rebaseStack: (input) =>
        onMirror(input.settings.upstream, (step) => inTurn(() => rebaseStack(input, deps, step))),
      pushCandidate: (input) => onMirror(input.settings.upstream, (step) => pushCandidate(input, deps, step)),
      moveBranch: (input) => onMirror(input.settings.upstream, (step) => moveBranch(input, deps, step)),
      recordEvent: (input) => onMirror(input.settings.upstream, (step) => recordEvent(input, deps, step)),
      recordAttempt: (input) => onMirror(input.settings.upstream, (step) => recordAttempt(input, deps, step)),
      keepWatch: (input) => onMirror(input.upstream, (step) => keepWatch(input, deps, step)),
      recallWatch: (input) => onMirror(input.upstream, (step) => recallWatch(input, deps, step)),
      showMovedTags: (input) => onMirror(input.upstream, (step) => showMovedTags(input, deps, step)),
    },
    verify: {
      regenerate: (input) => onMirror(input.settings.upstream, (step) => regenerate(input, deps, step)),
      verifyCandidate: (input) =>
        onMirror(input.settings.upstream, (step) => verifyCandidate(input, deps, step)),
    },
  }
}
