import { createHash } from 'node:crypto'
import { watchId } from '../domain/ids.ts'
import { taskQueues } from '../domain/queues.ts'
import type { ForkSettings, UpstreamSettings } from '../domain/settings.ts'
import {
  type ConfigureInput,
  configureSignal,
  type WatchInput,
  workflowTypes,
} from '../workflows/messages.ts'
import { changedKeys } from './changed-keys.ts'
import { withDecisionRule } from './decision-rule.ts'
import { callsAtOnce, inTurns } from './in-turns.ts'
import { searchKeys } from './search-attributes.ts'
import type { Session } from './session.ts'
import type { ListedWatch } from './watch-row.ts'
import { watchSettings } from './watch-settings.ts'
import { lookAtWatches, watchedNames } from './watches.ts'

/** What became of the watch of one upstream. */
export interface AppliedWatch {
  readonly upstream: string
  readonly change: 'new' | 'changed' | 'unchanged' | 'not-in-config' | 'removed'
  /** The forks that follow it; empty for one that is not in the config. */
  readonly forks: readonly string[]
  /** The keys of the config that changed, where the watch could be compared with it. */
  readonly keys?: readonly string[]
}

/** Upstreams and forks, as the config has them. */
export interface Watched {
  readonly upstreams: readonly UpstreamSettings[]
  readonly forks: readonly ForkSettings[]
}

/** Makes the watches what the config says; done twice, it changes nothing the second time. */
export async function applyWatches(
  session: Session,
  config: Watched,
  options: { readonly prune: boolean },
): Promise<readonly AppliedWatch[]> {
  const names = config.upstreams.map((upstream) => upstream.name)
  const running = new Map((await lookAtWatches(session, names)).map((watch) => [watch.row.name, watch]))
  const followers = Map.groupBy(config.forks, (fork) => fork.upstream)
  const applied = await inTurns(config.upstreams, callsAtOnce, async (upstream): Promise<AppliedWatch> => {
    const input = toConfigureInput(
      withDecisionRule(upstream, session.server),
      followers.get(upstream.name) ?? [],
    )
    const isRunning = running.get(upstream.name)
    const before =
      isRunning === undefined || isRunning.configDigest === input.configDigest
        ? null
        : await watchSettings(session, upstream.name)
    const change = await applyOne(session, input, isRunning)
    const keys = before === null ? [] : changedKeys(before, input)
    return {
      upstream: upstream.name,
      change,
      ...(keys.length === 0 ? {} : { keys }),
      forks: [...new Set(input.forks.map((fork) => fork.name))],
    }
  })
  const known = new Set(names)
  const others = (await watchedNames(session)).filter((name) => !known.has(name))
  const left = await inTurns(others, callsAtOnce, async (name): Promise<AppliedWatch> => {
    if (options.prune) await session.client.workflow.getHandle(watchId(name)).terminate('not in the config')
    return { upstream: name, change: options.prune ? 'removed' : 'not-in-config', forks: [] }
  })
  return [...applied, ...left]
}

async function applyOne(
  session: Session,
  input: ConfigureInput,
  running: ListedWatch | undefined,
): Promise<AppliedWatch['change']> {
  if (running?.configDigest === input.configDigest) return 'unchanged'
  const first: WatchInput = { ...input, known: null }
  // With the start: a watch that ends between the look and the signal is begun anew instead of being missed.
  await session.client.workflow.signalWithStart(workflowTypes.watch, {
    workflowId: watchId(input.upstream.name),
    taskQueue: taskQueues.control,
    args: [first],
    signal: configureSignal,
    signalArgs: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    memo: { configDigest: input.configDigest },
    staticSummary: `${input.upstream.name}: ${input.upstream.feed}`,
    typedSearchAttributes: [{ key: searchKeys.upstream, value: input.upstream.name }],
  })
  return running === undefined ? 'new' : 'changed'
}

function toConfigureInput(upstream: UpstreamSettings, forks: readonly ForkSettings[]): ConfigureInput {
  return { upstream, forks, configDigest: digest({ upstream, forks }) }
}

/** The same for the same settings, in whatever order their keys come. */
export function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 32)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, entry]) => [key, sorted(entry)]))
}
