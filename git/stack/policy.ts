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

/** Leaves out what the markers and the tag policy say. */
export async function dropMarked(
  workshop: Workshop,
  changes: readonly Change[],
  options: { readonly policy: StackPolicy; readonly onto: Oid },
): Promise<readonly Change[]> {
  const { policy, onto } = options
  if (policy.tags === 'none') return changes
  const until = untilReader(workshop, { onto, releases: policy.releases })
  const marked: Change[] = []
  for (const change of changes) {
    if (change.drop) {
      marked.push(change)
      continue
    }
    const marker = markerOf(change.patch.oid, change.source)
    if (marker === null && policy.tags === 'strict') {
      marked.push({
        ...change,
        drop: { cause: 'policy', reason: 'It has no marker, and the policy is strict.' },
      })
      continue
    }
    marked.push(marker === null ? change : await judge(workshop, change, marker, { policy, onto, until }))
  }
  return marked
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
      const commit = options.policy.upstreamPrs.get(marker.number)
      if (commit === undefined) return change
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
      const note = `Its marker waits for ${name}, ${until.why}.`
      return { ...change, note: change.note === null ? note : `${change.note} ${note}` }
    }
  }
}
