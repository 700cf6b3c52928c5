import type { Scenario } from '../stage/scenario.ts'
import { alreadyContained } from './already-contained.ts'
import { byAllAtOnce } from './by-all-at-once.ts'
import { byApi } from './by-api.ts'
import { byEvent } from './by-event.ts'
import { byPoll } from './by-poll.ts'
import { byRun } from './by-run.ts'
import { byWebhook } from './by-webhook.ts'
import { cleanRelease } from './clean-release.ts'
import { conflict } from './conflict.ts'
import { conflictBySignal } from './conflict-by-signal.ts'
import { coolDown } from './cool-down.ts'
import { databaseLost } from './database-lost.ts'
import { dryRun } from './dry-run.ts'
import { everythingKilled } from './everything-killed.ts'
import { feedGone } from './feed-gone.ts'
import { feedTrouble } from './feed-trouble.ts'
import { generatedFiles } from './generated-files.ts'
import { held } from './held.ts'
import { landedWithChanges } from './landed-with-changes.ts'
import { lines } from './lines.ts'
import { promoted } from './promoted.ts'
import { pushKilled } from './push-killed.ts'
import { redChecks } from './red-checks.ts'
import { serverKilled } from './server-killed.ts'
import { sha256 } from './sha256.ts'
import { sharedMemory } from './shared-memory.ts'
import { signedTags } from './signed-tags.ts'
import { stepEach } from './step-each.ts'
import { superseded } from './superseded.ts'
import { tagMoved } from './tag-moved.ts'
import { workerKilled } from './worker-killed.ts'

/** Every scenario of the rehearsal, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  alreadyContained,
  cleanRelease,
  byApi,
  byPoll,
  byRun,
  byEvent,
  byWebhook,
  byAllAtOnce,
  conflict,
  conflictBySignal,
  landedWithChanges,
  generatedFiles,
  sharedMemory,
  redChecks,
  dryRun,
  tagMoved,
  signedTags,
  superseded,
  promoted,
  sha256,
  feedTrouble,
  feedGone,
  held,
  coolDown,
  lines,
  stepEach,
  workerKilled,
  pushKilled,
  serverKilled,
  databaseLost,
  everythingKilled,
]
