import type { Oid } from '../../domain/patch.ts'
import { surelyContains } from '../../git/mirror/queries.ts'
import { listRefs } from '../../git/mirror/refs.ts'
import type { Mirror } from '../../git/types.ts'

/** What is planned, by the names that a person gave it. */
export interface PlanNames {
  /** The fork and its branch, or the head of a repository. */
  readonly fork: string
  readonly branch: string | null
  readonly to: string
}

/** What a plan is about, for its head line and its last one. */
export interface PlanTitle {
  /** Such as `my-quic-go (meta, on v0.49.0) → v0.50.0`. */
  readonly line: (base: Oid) => string
  /** That the stack stands on the target already; null where it does not. */
  readonly standing: string | null
}

const tagRoots = ['refs/upstream/tags', 'refs/tags']

/** Reads what a head line needs before the plan is made, so that it can be told with the first words of it. */
export async function planTitle(
  source: Mirror,
  names: PlanNames,
  ends: { readonly head: Oid; readonly onto: Oid },
): Promise<PlanTitle> {
  const [tags, isStanding] = await Promise.all([
    tagNames(source),
    // It decides on a sentence only; git would read all of a long history to say no for certain.
    surelyContains(source, { ancestor: ends.onto, descendant: ends.head }),
  ])
  const { fork, branch, to } = names
  return {
    line: (base) => {
      const on = `on ${tags.get(base) ?? base.slice(0, 10)}`
      return `${fork} (${branch === null ? on : `${branch}, ${on}`}) → ${to}`
    },
    standing: isStanding ? `${branch ?? fork} already stands on ${to}; nothing new` : null,
  }
}

/** The tags of upstream by their commits; of several, the one with the shortest name and no word more. */
async function tagNames(source: Mirror): Promise<ReadonlyMap<Oid, string>> {
  const names = new Map<Oid, string>()
  for (const root of tagRoots) {
    for (const { ref, peeled } of await listRefs(source, root)) {
      const name = ref.slice(root.length + 1)
      const known = names.get(peeled)
      if (known === undefined || name.length < known.length) names.set(peeled, name)
    }
  }
  return names
}
