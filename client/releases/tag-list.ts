import { UndriftError } from '../../domain/errors.ts'
import { type ConsideredTags, type LeftOut, listReleases } from '../../domain/list-releases.ts'
import type { TagRules } from '../../domain/settings.ts'
import type { TaggedCommit } from '../../domain/version/order-by-commit.ts'
import { type ExpressionGuard, expressionGuard } from '../../git/guarded-expressions.ts'
import type { ListedTag } from '../../git/mirror/list-tags.ts'
import { decodeRefLines } from '../../git/mirror/ref-text.ts'
import { placesAmong } from '../../git/mirror/tag-places.ts'
import { openTagSource } from '../../git/mirror/tag-source.ts'
import type { RemoteAccess } from '../../git/types.ts'

export interface ReleaseView extends ConsideredTags {
  /** Seconds since 1970 of the commit behind a tag, where it was looked at. */
  readonly dates: ReadonlyMap<string, number>
}

/** What the rules make of a plain list of tags. */
export function considerList(tags: readonly string[], rules: TagRules): ReleaseView {
  const considered = expressionGuard()((exec) => listReleases(tags, rules, { exec }))
  return { ...considered, dates: new Map() }
}

/** What the rules make of the tags of a repository: a tag counts only when a commit is behind it. */
export async function considerRepository(
  access: RemoteAccess,
  { rules, signal }: { readonly rules: TagRules; readonly signal: AbortSignal },
): Promise<ReleaseView> {
  const names = (tags: readonly ListedTag[]) => tags.map(({ tag }) => tag)
  const guard = expressionGuard()
  // Rules that cannot be read are reported before anybody is asked anything.
  considerNames([], rules, { guard, commits: [], places: new Map() })
  await using source = await openTagSource(access, signal)
  const any = new Map(source.tags.map(({ tag }) => [tag, 0]))
  const first = considerNames(names(source.tags), rules, { guard, commits: null, places: any })
  const taken = new Set(first.releases.filter(({ reason }) => reason === null).map(({ tag }) => tag))
  const wanted = source.tags.filter(({ tag }) => taken.has(tag))
  // Also of what is left out: its age is shown.
  const all = await source.commitsOf(source.tags)
  const commits = all.filter(({ tag }) => taken.has(tag))
  const isPlaced = rules.scheme === 'commit' || first.releases.some(({ detail }) => isTie(detail))
  const places = isPlaced ? await placesAmong(source, wanted, commits) : new Map()
  const considered = considerNames(names(source.tags), rules, { guard, commits, places, wanted: taken })
  return { ...considered, dates: new Map(all.map(({ tag, date }) => [tag, date])) }
}

/** Whether a release is ordered by more than its version. */
function isTie(detail: string): boolean {
  return detail.startsWith('same precedence')
}

interface Known {
  readonly guard: ExpressionGuard
  /** Null while nobody has looked. */
  readonly commits: readonly TaggedCommit[] | null
  readonly places: ReadonlyMap<string, number>
  readonly wanted?: ReadonlySet<string>
}

function considerNames(tags: readonly string[], rules: TagRules, known: Known): ConsideredTags {
  const found = new Set(known.commits?.map(({ tag }) => tag))
  const withoutCommit =
    known.commits === null ? [] : [...(known.wanted ?? [])].filter((tag) => !found.has(tag))
  // Git takes no backslash in a name: it stands for bytes that are no text.
  const withoutName = tags.filter((tag) => tag.includes('\\'))
  const leftOut = new Map<string, LeftOut>([
    ...withoutCommit.map((tag) => [tag, pointsElsewhere] as const),
    ...withoutName.map((tag) => [tag, isNoText] as const),
  ])
  return known.guard((exec) =>
    listReleases(tags, rules, {
      exec,
      positionOf: (tag) => (tag.includes('\\') ? 0 : (known.places.get(tag) ?? null)),
      leftOut,
    }),
  )
}

const pointsElsewhere: LeftOut = { reason: 'no commit', detail: 'no commit: it points at something else' }
const isNoText: LeftOut = { reason: 'not a version', detail: 'not a version: its name is no UTF-8 text' }

/** The lines of a file or of stdin; a tag stands alone on each. No tag has a blank, so those around it are not its own. */
export function readTagList(bytes: Buffer): readonly string[] {
  const [first = '', ...rest] = decodeRefLines(bytes)
  const tags = [first.replace(/^\ufeff/, ''), ...rest]
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (tags.some((tag) => tag.includes('\u0000'))) {
    throw new UndriftError('UNDRIFT_E_INPUT', 'The list of tags holds bytes that are no text.')
  }
  return tags
}
