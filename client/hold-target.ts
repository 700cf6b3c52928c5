import { nearest } from '../config/nearest.ts'
import { UndriftError } from '../domain/errors.ts'
import { shellWord } from '../domain/shell-word.ts'
import type { LineKey } from '../domain/watch.ts'
import type { ListedWatch } from './watch-row.ts'

/** What a hold or a release is about, as its watch takes it. */
export interface HoldPlace {
  readonly upstream: string
  readonly fork: string | null
  readonly line: string | null
}

/** An upstream and the lines that follow it. */
export interface FollowedUpstream {
  readonly upstream: string
  readonly lines: readonly LineKey[]
}

/** The upstreams that are watched, with the lines that follow them. */
export function followedBy(watches: readonly ListedWatch[]): readonly FollowedUpstream[] {
  return watches.map(({ row, standing }) => ({
    upstream: row.name,
    // A hold may stand on what the config has no more, and must be found to be released.
    lines: [
      ...new Set([
        ...(standing?.rules ?? []).flatMap(({ lines }) => lines),
        ...row.lines.map(({ line }) => line),
        ...row.holds.flatMap(({ fork, line }): readonly LineKey[] =>
          fork === null ? [] : [`${fork}/${line ?? 'main'}`],
        ),
      ]),
    ],
  }))
}

/** What a word names: an upstream, a fork or `FORK/LINE`. UNDRIFT_E_NOT_FOUND for none, UNDRIFT_E_USAGE for two. */
export function findTarget(
  word: string,
  watched: readonly FollowedUpstream[],
  { meant, command }: { readonly meant: 'upstream' | 'fork' | null; readonly command: string },
): HoldPlace {
  const places = placesOf(watched)
  const named = places.filter(
    ({ name, place }) => name === word && (meant === null || meant === kindOf(place)),
  )
  const [first, second] = named
  if (first === undefined)
    throw unknownTarget(
      word,
      places.map(({ name }) => name),
      meant,
    )
  if (second === undefined) return first.place
  if (kindOf(first.place) === kindOf(second.place)) {
    throw new UndriftError(
      'UNDRIFT_E_USAGE',
      `\`${word}\` follows several upstreams: ${named.map(({ place }) => place.upstream).join(', ')}.`,
      {
        hint: `Name the upstream: ${command} ${shellWord(first.place.upstream)} --upstream`,
      },
    )
  }
  throw new UndriftError('UNDRIFT_E_USAGE', `\`${word}\` is an upstream and a fork.`, {
    hint: `Say which: ${command} ${shellWord(word)} --upstream, or ${command} ${shellWord(word)} --fork`,
  })
}

interface Named {
  readonly name: string
  readonly place: HoldPlace
}

function placesOf(watched: readonly FollowedUpstream[]): readonly Named[] {
  return watched.flatMap(({ upstream, lines }) => {
    const forks = [...new Set(lines.map((line) => line.slice(0, line.indexOf('/'))))]
    return [
      { name: upstream, place: { upstream, fork: null, line: null } },
      ...forks.map((fork) => ({ name: fork, place: { upstream, fork, line: null } })),
      ...lines.map((key) => {
        const slash = key.indexOf('/')
        return { name: key, place: { upstream, fork: key.slice(0, slash), line: key.slice(slash + 1) } }
      }),
    ]
  })
}

function kindOf({ fork }: HoldPlace): 'upstream' | 'fork' {
  return fork === null ? 'upstream' : 'fork'
}

function unknownTarget(
  word: string,
  names: readonly string[],
  meant: 'upstream' | 'fork' | null,
): UndriftError {
  const near = nearest(word, names)
  const known = [...new Set(names)].slice(0, 12).join(', ')
  const what = meant ?? 'upstream, fork or line'
  return new UndriftError('UNDRIFT_E_NOT_FOUND', `There is no ${what} \`${word}\` that is watched.`, {
    hint:
      near !== null && near !== word
        ? `Did you mean \`${near}\`?`
        : `Watched: ${known || 'nothing'}. \`undrift apply\` takes over the config.`,
  })
}
