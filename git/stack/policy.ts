import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import type { AttemptSettings, TagPolicy, TagRules } from '../../domain/settings.ts'
import { contains } from '../mirror/queries.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Change, Drop } from './change.ts'
import { type Marker, markerOf } from './markers.ts'
import { type UntilReader, unknownUntil, untilReader } from './until.ts'

/** What is to be left out of a stack, and why. */
export interface StackPolicy {
  readonly tags: TagPolicy
  /** Beginnings of object ids that the config leaves out; one that fits nothing is no error. */
  readonly exclude: readonly string[]
  /** Beginnings of object ids that a person leaves out; each must fit. */
  readonly drop: readonly string[]
  readonly squashAuthors: readonly string[]
  /** Upstream's pull requests that are known to be merged, and as what. */
  readonly upstreamPrs: ReadonlyMap<number, Oid>
  /** How upstream writes its versions, for patches that wait for one; null where nobody says. */
  readonly releases: TagRules | null
}

export const carryEverything: StackPolicy = {
  tags: 'soft',
  exclude: [],
  drop: [],
  squashAuthors: [],
  upstreamPrs: new Map(),
  releases: null,
}

/** The policy of a fork's rules, with what a person drops. */
export function stackPolicy({ upstream, fork }: AttemptSettings, drop: readonly string[] = []): StackPolicy {
  const known = { ...carryEverything, releases: upstream.tags, drop }
  if (fork.patches === undefined) return known
  const { policy: tags, exclude, squashAuthors } = fork.patches
  return { ...known, tags, exclude, squashAuthors }
}

/** Leaves out the commits that are named by id, before anything is folded into another. */
export function dropNamed(changes: readonly Change[], policy: StackPolicy): readonly Change[] {
  const find = (prefix: string): readonly Change[] => {
    if (!/^[0-9a-f]{4,64}$/i.test(prefix)) {
      throw new UndriftError('UNDRIFT_E_INPUT', `"${prefix}" is no beginning of an object id.`, {
        hint: 'Give at least four hexadecimal digits.',
      })
    }
    const found = changes.filter((change) => change.patch.oid.startsWith(prefix.toLowerCase()))
    if (found.length < 2) return found
    const names = found.map((change) => change.patch.oid.slice(0, 12)).join(', ')
    throw new UndriftError('UNDRIFT_E_INPUT', `"${prefix}" is the beginning of several patches: ${names}.`, {
      hint: 'Give more digits.',
    })
  }
  const drops = new Map<Oid, Drop>()
  for (const prefix of policy.exclude) {
    for (const change of find(prefix)) {
      drops.set(change.patch.oid, { cause: 'excluded', reason: `The policy excludes ${prefix}.` })
    }
  }
  for (const prefix of policy.drop) {
    const [change] = find(prefix)
    if (!change) {
      throw new UndriftError('UNDRIFT_E_INPUT', `"${prefix}" is no patch of the stack.`, {
        hint: 'Run the plan without it to see the patches.',
      })
    }
    drops.set(change.patch.oid, { cause: 'person', reason: 'Dropped by a person.' })
  }
  return changes.map((change) => {
    const drop = drops.get(change.patch.oid)
    return drop ? { ...change, drop } : change
  })
}

/** Changes after their markers were read, and which of their commits bear one. */
export interface Marked {
  readonly changes: readonly Change[]
  readonly marked: ReadonlySet<Oid>
}

/**
 * Leaves out what the markers say. Each commit is judged for itself, before those of a bot become one: a malformed marker
 * is none the less malformed in the middle of a run, and what is to be dropped is not carried along.
 */
export async function dropMarked(
  workshop: Workshop,
  changes: readonly Change[],
  options: { readonly policy: StackPolicy; readonly onto: Oid },
): Promise<Marked> {
  const { policy, onto } = options
  const marked = new Set<Oid>()
  if (policy.tags === 'none') return { changes, marked }
  const until = untilReader(workshop, { onto, releases: policy.releases })
  const judged: Change[] = []
  for (const change of changes) {
    const marker = change.drop ? null : markerOf(change.patch.oid, change.source)
    if (marker !== null) marked.add(change.patch.oid)
    judged.push(marker === null ? change : await judge(workshop, change, marker, { policy, onto, until }))
  }
  return { changes: judged, marked }
}

/** Where the policy is strict, leaves out every patch of which no commit has a marker. */
export function dropUnmarked({ changes, marked }: Marked, policy: StackPolicy): readonly Change[] {
  if (policy.tags !== 'strict') return changes
  return changes.map((change) => {
    if (change.drop || [change.patch.oid, ...change.folded].some((oid) => marked.has(oid))) return change
    return { ...change, drop: { cause: 'policy', reason: 'It has no marker, and the policy is strict.' } }
  })
}

async function judge(
  workshop: Workshop,
  change: Change,
  marker: Marker,
  options: { readonly policy: StackPolicy; readonly onto: Oid; readonly until: UntilReader },
): Promise<Change> {
  const inTarget = async (commit: Oid): Promise<boolean> => {
    const found = await workshop.quarantine.objects.find(commit)
    if (found?.type !== 'commit') return false
    return contains(workshop.quarantine, { ancestor: commit, descendant: options.onto })
  }
  switch (marker.kind) {
    case 'carry':
      return change
    case 'drop':
      return { ...change, drop: { cause: 'marker', reason: 'Its marker says drop.' } }
    case 'upstream-pr': {
      if (marker.repository !== null) return change
      const commit = options.policy.upstreamPrs.get(marker.number)
      if (commit === undefined) return change
      if ((await workshop.quarantine.objects.find(commit))?.type !== 'commit') {
        const what = `Upstream's pull request ${marker.number} is said to be ${commit.slice(0, 12)}, which is no commit here.`
        return withNote(change, what)
      }
      if (!(await inTarget(commit))) return change
      const reason = `Upstream's pull request ${marker.number} is in the target as ${commit.slice(0, 12)}.`
      return { ...change, drop: { cause: 'upstream-pr', reason } }
    }
    case 'until': {
      const { name } = marker
      const until = await options.until(name)
      if (until.kind === 'unknown') throw unknownUntil(change.patch.oid, change.patch.subject, name)
      if (until.kind === 'reached') {
        const what = until.by === name ? 'which is in the target' : `and the target has ${until.by}`
        return { ...change, drop: { cause: 'marker', reason: `Its marker says until ${name}, ${what}.` } }
      }
      if (until.why === null) return change
      return withNote(change, `Its marker waits for ${name}, ${until.why}.`)
    }
  }
}

function withNote(change: Change, note: string): Change {
  return { ...change, note: change.note === null ? note : `${change.note} ${note}` }
}
