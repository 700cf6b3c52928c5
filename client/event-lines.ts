import type { Config } from '../config/config.ts'
import { UndriftError } from '../domain/errors.ts'
import { tagRulesOf } from '../domain/lines/line-rules.ts'
import type { AttemptSettings, UpstreamSettings } from '../domain/settings.ts'
import { tagReader } from '../domain/version/tag-reader.ts'
import { withGuardedExpressions } from '../git/guarded-expressions.ts'
import type { ReleaseEvent } from './release-event.ts'

/** The lines that follow the repository of an event: those that take its tag, and those whose rules leave it out. */
export interface EventLines {
  readonly taken: readonly AttemptSettings[]
  readonly leftOut: readonly { readonly fork: string; readonly line: string; readonly reason: string }[]
}

/** Finds the lines that an event is for. UNDRIFT_E_NOT_FOUND when no upstream is its repository, UNDRIFT_E_INPUT when it may be several. */
export function linesOf(config: Config, { payload }: ReleaseEvent): EventLines {
  const { repo, tag } = payload
  const upstreams = upstreamsOf(config, repo)
  const lines = upstreams.flatMap((upstream) =>
    config.forks.filter((fork) => fork.upstream === upstream.name).map((fork) => ({ upstream, fork })),
  )
  if (lines.length === 0) {
    throw new UndriftError('UNDRIFT_E_NOT_FOUND', `No fork follows \`${repo}\`.`, {
      hint: `Name the upstream in a fork of ${config.path}.`,
    })
  }
  const read = lines.map((settings) => ({ settings, reason: whyLeftOut(tag, settings) }))
  return {
    taken: read.flatMap(({ settings, reason }) => (reason === null ? [settings] : [])),
    leftOut: read.flatMap(({ settings: { fork }, reason }) =>
      reason === null ? [] : [{ fork: fork.name, line: fork.line, reason }],
    ),
  }
}

function upstreamsOf(config: Config, repo: string): readonly UpstreamSettings[] {
  const named = config.upstreams.filter(({ name, git }) => repo === name || repo === git.url)
  if (named.length > 0) return named
  const found = config.upstreams.filter(({ git }) => isRepository(git.url, repo))
  const names = found.map(({ name }) => name)
  if (new Set(found.map(({ git }) => canonical(git.url))).size > 1) {
    throw new UndriftError(
      'UNDRIFT_E_INPUT',
      `\`${repo}\` may be any of the upstreams ${names.join(', ')}.`,
      {
        hint: "Put the repository's whole URL, or the name of the upstream, into the event.",
      },
    )
  }
  if (found.length > 0) return found
  const known = config.upstreams.map(({ name }) => name).join(', ') || 'none'
  throw new UndriftError('UNDRIFT_E_NOT_FOUND', `No upstream of ${config.path} is \`${repo}\`.`, {
    hint: `The upstreams are: ${known}.`,
  })
}

/** Whether an event's repository is at this URL: by any spelling of it, its whole path, or the last two parts of that. */
function isRepository(url: string, repo: string): boolean {
  const [ours, theirs] = [canonical(url), canonical(repo)]
  if (ours === theirs) return true
  const path = ours.slice(ours.indexOf('/') + 1)
  const isPath = /^[^/:]+(?:\/[^/:]+)+$/.test(repo)
  return isPath && (path === theirs || (theirs.split('/').length === 2 && ours.endsWith(`/${theirs}`)))
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

/** The rule by which a line leaves the tag out, or null. What only the repository can tell is left to the attempt. */
function whyLeftOut(tag: string, { upstream, fork }: AttemptSettings): string | null {
  const rules = tagRulesOf(upstream, fork)
  const reading = withGuardedExpressions((exec) => tagReader(rules, { exec, positionOf: () => 0 })(tag))
  return reading.kind === 'not-taken' ? reading.detail : null
}
