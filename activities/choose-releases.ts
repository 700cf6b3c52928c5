import type { Client } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import type { FeedResult } from '../adapters/feeds/types.ts'
import { unseenOf } from '../domain/choose-release-memory.ts'
import { UndriftError } from '../domain/errors.ts'
import { maintainId } from '../domain/ids.ts'
import {
  chooseForLines,
  type LineStart,
  type LinesChoice,
  type LinesInput,
} from '../domain/lines/choose-for-lines.ts'
import type { LineRules } from '../domain/lines/line-rules.ts'
import type { RepositoryTags } from '../domain/lines/pins.ts'
import type { UpstreamSettings } from '../domain/settings.ts'
import type { LineKey, WatchKnowledge } from '../domain/watch.ts'
import { withGuardedExpressions } from '../git/guarded-expressions.ts'
import { tagPlaces } from '../git/mirror/tag-places.ts'
import type { ActivityDeps } from './deps.ts'
import { lookAtTags } from './look-at-tags.ts'
import { accessTo } from './secrets.ts'

export interface ChooseInput {
  readonly upstream: UpstreamSettings
  readonly lines: readonly LineRules[]
  readonly known: WatchKnowledge
  /** Null when the feed was not read this time. */
  readonly result: FeedResult | null
  /** Whether somebody asked for a look at the tags. */
  readonly asked: boolean
  /** When they were looked at last, as far as the poll before knows. */
  readonly lookedAt: string | null
}

export interface ChooseSurroundings {
  readonly deps: Pick<ActivityDeps, 'env'>
  readonly client: Client
  readonly signal: AbortSignal
}

export type Chosen =
  | { readonly kind: 'news'; readonly known: WatchKnowledge; readonly starts: readonly LineStart[] }
  | {
      readonly kind: 'nothing'
      /** Milliseconds since 1970; null when nothing waits for a time. */
      readonly dueAt: number | null
      readonly waiting: number
      readonly lookedAt: string | null
      /** Something is to be started, and the upstream repository cannot be looked at. */
      readonly failure: TagsFailure | null
    }

interface TagsFailure {
  readonly reason: string
  readonly message: string
  readonly retryAfterSeconds: null
}

const lookEveryMs = 24 * 60 * 60 * 1000
const retryLookMs = 60 * 60 * 1000
/** Attempts that the server is asked about at one time. */
const groupSize = 16

/** What the lines make of a poll. Before anything starts, its tag is looked up in the upstream repository. */
export async function chooseReleases(input: ChooseInput, around: ChooseSurroundings): Promise<Chosen> {
  const { upstream, known, result } = input
  const now = Date.now()
  const order = isOrderNeeded(input, now) ? await lookAtOrder(input, around) : null
  if (order?.kind === 'failed') {
    const waiting = known.releases.length
    return { kind: 'nothing', dueAt: null, waiting, lookedAt: input.lookedAt, failure: order }
  }
  // What the repository has no tag of yet has no place; it is looked at again with the next poll.
  const isThere = ({ tag }: { readonly tag: string }) => order === null || order.names.has(tag)
  const observed = result?.kind === 'releases' ? result.releases.filter(isThere) : null
  const problems = result?.kind === 'releases' ? result.problems : undefined
  const base: LinesInput = {
    known,
    observed,
    rules: input.lines,
    security: upstream.security,
    now,
    ...(problems === undefined ? {} : { problems }),
    ...(result?.kind === 'releases' && result.withdrawn
      ? { withdrawn: new Map(result.withdrawn.map(({ tag, why }) => [tag, why])) }
      : {}),
    ...(order === null ? {} : { positionOf: order.positionOf }),
  }
  const draft = choose(base)
  const wanted = draft.unpinned.length > 0 || draft.starts.length > 0
  const due = wanted || input.asked || isLookDue(input, now)
  const looked = due ? await look(input, around) : null
  if (wanted && looked?.kind === 'failed') {
    return { kind: 'nothing', ...shown(draft), lookedAt: input.lookedAt, failure: looked }
  }
  const tags = looked?.kind === 'tags' ? looked.tags : null
  const busy = await busyLines(draft.stepping, known, around.client)
  const choice =
    tags === null && busy.size === 0 ? draft : choose({ ...base, tags, isBusy: (line) => busy.has(line) })
  if (choice.known !== known) return { kind: 'news', known: choice.known, starts: choice.starts }
  const lookedAt = due ? now - (tags === null ? lookEveryMs - retryLookMs : 0) : null
  return {
    kind: 'nothing',
    ...shown(choice),
    lookedAt: lookedAt === null ? input.lookedAt : new Date(lookedAt).toISOString(),
    failure: null,
  }
}

/** Whether tags may be compared, by a line that orders them by their commits: whenever there is anything to decide. */
function isOrderNeeded(input: ChooseInput, now: number): boolean {
  const { lines, known, result, asked } = input
  if (hasTies(input)) return true
  if (!lines.some(({ tags }) => tags.scheme === 'commit')) return false
  return asked || result?.kind === 'releases' || known.releases.length > 0 || isLookDue(input, now)
}

/** Whether something new has build metadata that does not order it: versions of one precedence keep the order of their commits. */
function hasTies({ lines, known, result }: ChooseInput): boolean {
  if (result?.kind !== 'releases') return false
  if (!lines.some(({ tags: { scheme, build } }) => scheme === 'semver' && build === undefined)) return false
  return unseenOf(result.releases, known.seen).some(({ tag }) => tag.includes('+'))
}

interface TagOrder {
  readonly kind: 'order'
  readonly names: ReadonlySet<string>
  readonly positionOf: (tag: string) => number | null
}

async function lookAtOrder(
  { upstream }: ChooseInput,
  { deps, signal }: ChooseSurroundings,
): Promise<TagOrder | ({ readonly kind: 'failed' } & TagsFailure)> {
  return orFailure(signal, async () => {
    const { tags, places } = await tagPlaces(accessTo(upstream.git, deps), signal)
    const names = new Set(tags.map(({ tag }) => tag))
    return { kind: 'order', names, positionOf: (tag) => places.get(tag) ?? null }
  })
}

/** What was found in the upstream repository, or why it could not be looked at. */
async function orFailure<T>(
  signal: AbortSignal,
  look: () => Promise<T>,
): Promise<T | ({ readonly kind: 'failed' } & TagsFailure)> {
  try {
    return await look()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof UndriftError)) throw error
    return { kind: 'failed', reason: 'upstream-unreachable', message: error.message, retryAfterSeconds: null }
  }
}

function choose(input: LinesInput): LinesChoice {
  return withGuardedExpressions((exec) => chooseForLines({ ...input, exec }))
}

function shown({ dueAt, known }: LinesChoice) {
  return { dueAt, waiting: known.releases.length }
}

/** A feed of tags tells a moved tag only by being another one; else the tags are compared once a day. */
function isLookDue({ upstream, known, result, lookedAt }: ChooseInput, now: number): boolean {
  if (upstream.feed.startsWith('git+') && result?.kind === 'releases') return true
  const times = [known.lookedAt, lookedAt].flatMap((time) => (time === null ? [] : Date.parse(time)))
  const last = Math.max(...times)
  return times.length === 0 || now - last >= lookEveryMs || last - now > retryLookMs
}

async function look(
  { upstream }: ChooseInput,
  { deps, signal }: ChooseSurroundings,
): Promise<
  { readonly kind: 'tags'; readonly tags: RepositoryTags } | ({ readonly kind: 'failed' } & TagsFailure)
> {
  return orFailure(signal, async () => ({ kind: 'tags', tags: await lookAtTags(upstream, deps, signal) }))
}

/** The lines whose attempt of what they stand on still runs. */
async function busyLines(
  lines: readonly LineKey[],
  known: WatchKnowledge,
  client: Client,
): Promise<ReadonlySet<LineKey>> {
  const busy = new Set<LineKey>()
  for (let start = 0; start < lines.length; start += groupSize) {
    const group = lines.slice(start, start + groupSize)
    await Promise.all(
      group.map(async (line) => {
        if (await isRunning(line, known.lines[line]?.standsOn ?? null, client)) busy.add(line)
      }),
    )
  }
  return busy
}

async function isRunning(line: LineKey, tag: string | null, client: Client): Promise<boolean> {
  if (tag === null) return false
  const [fork = '', name = ''] = line.split('/')
  try {
    const { status } = await client.workflow.getHandle(maintainId(fork, name, tag)).describe()
    return status.name === 'RUNNING' || status.name === 'PAUSED'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}
