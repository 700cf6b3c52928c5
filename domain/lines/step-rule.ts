import type { StepRule } from '../settings.ts'
import type { LineReader } from './line-reader.ts'

/** What a line does with the releases that it could take. */
export interface StepChoice {
  /** The one to start; null for none now. */
  readonly start: string | null
  /** Oldest version first. */
  readonly waiting: readonly string[]
  readonly skipped: readonly { readonly tag: string; readonly reason: string }[]
}

export interface StepInput {
  readonly step: StepRule
  /** Newer than what the line stands on; oldest version first. */
  readonly tags: readonly string[]
  readonly isFree: (tag: string) => boolean
  /** Whether the attempt of what the line stands on still runs. */
  readonly busy: boolean
  readonly reader: Pick<LineReader, 'versionOf'>
}

/** Most releases that a line with `latest` waits with: the older ones are left out. */
const mostLatest = 10

/** Decides which of several releases of a line comes next, and which are passed over. Never more than one at a time. */
export function takeStep(input: StepInput): StepChoice {
  switch (input.step) {
    case 'latest':
      return takeLatest(input)
    case 'each': {
      const [first] = input.tags
      return first === undefined || input.busy || !input.isFree(first)
        ? { start: null, waiting: input.tags, skipped: [] }
        : { start: first, waiting: input.tags.slice(1), skipped: [] }
    }
    case 'each-minor':
      return takeEachMinor(input)
  }
}

/** The newest that may start; what is older than that is passed over, what is newer goes on waiting. */
function takeLatest({ tags, isFree }: StepInput): StepChoice {
  const at = tags.findLastIndex(isFree)
  if (at !== -1) {
    const start = tags[at] as string
    return { start, waiting: tags.slice(at + 1), skipped: passedOver(tags.slice(0, at), start) }
  }
  const surplus = tags.slice(0, -mostLatest)
  return {
    start: null,
    waiting: tags.slice(-mostLatest),
    skipped: passedOver(surplus, tags[surplus.length] ?? ''),
  }
}

/** The newest of the oldest minor, one minor after the other. */
function takeEachMinor(input: StepInput): StepChoice {
  const { tags, reader } = input
  const minorOf = (tag: string | undefined) =>
    tag === undefined ? null : minor(reader.versionOf(tag)?.text ?? tag)
  const next = tags.findIndex((tag) => minorOf(tag) !== minorOf(tags[0]))
  const count = next === -1 ? tags.length : next
  const [current, later] = [tags.slice(0, count), tags.slice(count)]
  const newest = later.filter((tag, index) => minorOf(tag) !== minorOf(later[index + 1]))
  const skipped = later
    .filter((tag) => !newest.includes(tag))
    .flatMap((tag) => {
      const by = newest.find((other) => minorOf(other) === minorOf(tag)) ?? ''
      return passedOver([tag], by)
    })
  if (input.busy) return { start: null, waiting: [...current, ...newest], skipped }
  const first = takeLatest({ ...input, tags: current })
  return {
    start: first.start,
    waiting: [...first.waiting, ...newest],
    skipped: [...first.skipped, ...skipped],
  }
}

/** The first two numbers of a version. */
function minor(version: string): string {
  return (version.match(/\d+/g) ?? [version]).slice(0, 2).map(String).join('.')
}

function passedOver(tags: readonly string[], by: string): StepChoice['skipped'] {
  return tags.map((tag) => ({ tag, reason: `step: ${by} is newer` }))
}
