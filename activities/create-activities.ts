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
import { runStep } from './step.ts'
import { supersedeOlder } from './supersede-older.ts'
import { tellFeedWords } from './tell-feed-words.ts'
import { tellMovedTags } from './tell-moved-tags.ts'
import { tellRanByHand } from './tell-ran-by-hand.ts'
import type { ControlActivities, GitActivities, VerifyActivities } from './types.ts'
import { verifyCandidate } from './verify-candidate.ts'

/** The activities of each role, bound to the worker that runs them. */
export interface Activities {
  readonly control: ControlActivities
  readonly git: GitActivities
  readonly verify: VerifyActivities
}

/** Binds every activity to a worker's folders and environment. */
export function createActivities(deps: ActivityDeps): Activities {
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
        runStep((step) => fetchRelease(input, { seenByWatch, ...deps }, step), input.settings.upstream),
      rebaseStack: (input) => runStep((step) => rebaseStack(input, deps, step), input.settings.upstream),
      pushCandidate: (input) => runStep((step) => pushCandidate(input, deps, step), input.settings.upstream),
      moveBranch: (input) => runStep((step) => moveBranch(input, deps, step), input.settings.upstream),
      recordEvent: (input) => runStep((step) => recordEvent(input, deps, step), input.settings.upstream),
      recordAttempt: (input) => runStep((step) => recordAttempt(input, deps, step), input.settings.upstream),
      showMovedTags: (input) => runStep((step) => showMovedTags(input, deps, step), input.upstream),
    },
    verify: {
      regenerate: (input) => runStep((step) => regenerate(input, deps, step), input.settings.upstream),
      verifyCandidate: (input) =>
        runStep((step) => verifyCandidate(input, deps, step), input.settings.upstream),
    },
  }
}
