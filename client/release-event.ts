import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { takersOf } from '../config/attempt-settings.ts'
import type { Config } from '../config/config.ts'
import { UndriftError } from '../domain/errors.ts'
import type { AttemptSettings, UpstreamSettings } from '../domain/settings.ts'

const largestEvent = 1_000_000

/** Only the fields that are used; others are ignored. */
const eventSchema = z.object({
  id: z.string().min(1),
  type: z.literal('upstream.release'),
  payload: z.object({ repo: z.string().min(1), tag: z.string().min(1) }),
})

export type ReleaseEvent = z.output<typeof eventSchema>

/** Reads an event file: `{ id, type: "upstream.release", occurredAt, receivedAt, payload: { repo, tag } }`. */
export async function readEvent(path: string): Promise<ReleaseEvent> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new UndriftError('UNDRIFT_E_INPUT', `The event file ${path} cannot be read.`, {
      cause: error,
      hint: 'Name a JSON file with --event FILE.',
    })
  }
  return parseEvent(text, path)
}

/** The event in a text; UNDRIFT_E_INPUT with every field that is wrong. */
export function parseEvent(text: string, path: string): ReleaseEvent {
  if (text.length > largestEvent) throw wrong(path, 'it is larger than 1 MB')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw wrong(path, `it is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  const parsed = eventSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw wrong(
    path,
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('; '),
  )
}

/** The forks of the config that follow the repository of an event; of a fork with several lines those whose rules take the release. */
export function settingsFor(config: Config, event: ReleaseEvent): readonly AttemptSettings[] {
  const upstreams = config.upstreams.filter((upstream) => isRepository(upstream, event.payload.repo))
  if (upstreams.length === 0) {
    const known = config.upstreams.map((upstream) => upstream.name).join(', ') || 'none'
    throw new UndriftError(
      'UNDRIFT_E_NOT_FOUND',
      `No upstream of ${config.path} is \`${event.payload.repo}\`.`,
      {
        hint: `The upstreams are: ${known}.`,
      },
    )
  }
  return upstreams.flatMap((upstream) => {
    const following = config.forks.filter((fork) => fork.upstream === upstream.name)
    const byFork = Map.groupBy(following, ({ name }) => name)
    return [...byFork.values()].flatMap((lines) =>
      takersOf(
        lines.map((fork) => ({ upstream, fork })),
        event.payload.tag,
      ),
    )
  })
}

/** Whether an event's repository is this upstream: by its name, its URL, or the last two parts of its URL's path. */
function isRepository(upstream: UpstreamSettings, repo: string): boolean {
  if (repo === upstream.name || repo === upstream.git.url) return true
  const ours = canonical(upstream.git.url)
  const theirs = canonical(repo)
  return ours === theirs || (/^[^/:]+\/[^/:]+$/.test(repo) && ours.endsWith(`/${theirs}`))
}

/** A repository's address without scheme, user, port of SSH and `.git`, so that all its spellings are one. */
export function canonical(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^/@]*@/, '')
    .replace(/^([^/:]+):\d+\//, '$1/')
    .replace(/^([^/:]+):/, '$1/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
}

function wrong(path: string, what: string): UndriftError {
  return new UndriftError('UNDRIFT_E_INPUT', `The event file ${path} is not a release event: ${what}.`, {
    hint: 'It must be { "id", "type": "upstream.release", "occurredAt", "receivedAt", "payload": { "repo", "tag" } }.',
  })
}
