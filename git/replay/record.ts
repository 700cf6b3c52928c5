import type { ConflictPath, DropCause, LandedCause, Oid, PatchReport } from '../../domain/patch.ts'
import { type Bytes, displayPath } from '../objects/bytes.ts'
import { type Change, isEmptyChange, shapeOf } from '../stack/change.ts'
import type { Suspect } from '../types.ts'
import { pathsOf } from './arrivals.ts'
import type { ExplanationPart } from './conflict-fate.ts'
import type { Landing } from './landed.ts'
import type { Workshop } from './workshop.ts'

/** `landed-with-changes` asks a person; `reverted-upstream` only reports. */
export type Suggestion =
  | { readonly kind: 'landed-with-changes'; readonly as: readonly Oid[] }
  | 'reverted-upstream'

/** Everything that is known of what became of one patch. */
export interface PatchRecord extends Omit<PatchReport, 'cause'> {
  readonly author: { readonly name: string; readonly email: string }
  readonly landedAs: readonly Oid[]
  readonly cause: LandedCause | DropCause | null
  readonly paths: readonly string[]
  /** True when a path is not UTF-8 and shows some bytes as `%XX`. */
  readonly encodedPaths: boolean
  readonly folded: readonly Oid[]
  /** What the new commit does not carry on, such as `signature`. */
  readonly lost: readonly string[]
  readonly suggestion: Suggestion | null
  readonly conflict: {
    readonly paths: readonly ConflictPath[]
    /** The upstream commit at which the patch stops applying. */
    readonly causedBy: Oid | null
    /** What there was no time to search for: then null says nothing. Left out where all was searched. */
    readonly notSearched?: readonly ExplanationPart[]
  } | null
}

/** What became of a patch, without what was known of it before. */
export type Fate = Pick<PatchRecord, 'verdict' | 'newOid' | 'reason'> &
  Partial<Pick<PatchRecord, 'landedAs' | 'cause' | 'lost' | 'suggestion' | 'conflict' | 'resolution'>> & {
    readonly suspects?: readonly Suspect[]
  }

/** The fate of a patch that upstream has. */
export function landedFate(landing: Landing): Fate {
  const named = landing.as.map((oid) => oid.slice(0, 12)).join(', ')
  const how: Record<LandedCause, string> = {
    exact: `Upstream has the same change as ${named}.`,
    squashed: `Upstream has it as part of ${named}.`,
    contained: `Upstream has all of it since ${named}.`,
  }
  const later = landing.since.map((oid) => oid.slice(0, 12)).join(', ')
  return {
    verdict: 'landed',
    newOid: null,
    reason: how[landing.cause] + (later === '' ? '' : ` Later upstream commits changed it: ${later}.`),
    cause: landing.cause,
    landedAs: landing.as,
  }
}

/** The whole record of a patch. */
export async function recordOf(workshop: Workshop, change: Change, fate: Fate): Promise<PatchRecord> {
  const { patch } = change
  const paths = (await allPathsOf(workshop, change)).map(displayPath)
  const wasEmpty = isEmptyChange(change) && fate.verdict === 'unchanged'
  const reason = wasEmpty ? 'It was empty from the start and is kept.' : fate.reason
  return {
    oid: patch.oid,
    subject: patch.subject,
    author: { name: patch.authorName, email: patch.authorEmail },
    verdict: fate.verdict,
    newOid: fate.newOid,
    landedAs: fate.landedAs ?? [],
    cause: fate.cause ?? null,
    reason: change.note === null ? reason : `${reason} ${change.note}`,
    paths: paths.map((path) => path.text),
    encodedPaths: paths.some((path) => path.encoded),
    folded: change.folded,
    lost: fate.lost ?? [],
    suggestion: fate.suggestion ?? null,
    conflict: fate.conflict ?? null,
    ...(fate.resolution === undefined ? {} : { resolution: fate.resolution }),
  }
}

/** Every path that a patch is about, in Git's order. */
export async function allPathsOf(workshop: Workshop, change: Change): Promise<readonly Bytes[]> {
  const paths = await pathsOf(workshop, shapeOf(change))
  const generated = change.generated.map(({ path }) => path)
  return generated.length === 0 ? paths : [...new Set([...paths, ...generated])].sort()
}

/** What a rewritten commit leaves behind: a signature holds for the old bytes only. */
export function lostOf(change: Change): readonly string[] {
  const names = change.source.lost.map((name) => (name.startsWith('gpgsig') ? 'signature' : name))
  return [...new Set(names)]
}
