import type { Oid } from '../patch.ts'

export interface TaggedCommit {
  readonly tag: string
  readonly commit: Oid
  /** Of the committer, in seconds. */
  readonly date: number
}

export interface HistoryCommit {
  readonly oid: Oid
  readonly parents: readonly Oid[]
}

interface Node {
  readonly commit: Oid
  readonly date: number
  /** Newest name first. */
  readonly tags: readonly string[]
}

/**
 * Orders tags oldest first: a descendant is newer than its ancestor whatever the clocks say, then the committer date
 * decides, then the name. `history` lists every commit behind the tags, children before their parents.
 */
export function orderByCommit(
  tags: readonly TaggedCommit[],
  history: readonly HistoryCommit[],
): readonly string[] {
  const nodes = nodesOf(tags)
  const ancestors = nearestAncestors(nodes, history)
  const children = new Map<Oid, number>()
  for (const found of ancestors.values()) {
    for (const ancestor of found) children.set(ancestor, (children.get(ancestor) ?? 0) + 1)
  }
  // Newest first: of those whose descendants are all placed, the one with the latest date comes next.
  const open = [...nodes.values()].filter(({ commit }) => !children.has(commit)).sort(byDate)
  const newestFirst: string[] = []
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    newestFirst.push(...node.tags)
    for (const ancestor of ancestors.get(node.commit) ?? []) {
      const left = (children.get(ancestor) ?? 0) - 1
      children.set(ancestor, left)
      const next = nodes.get(ancestor)
      if (left === 0 && next) insert(open, next)
    }
  }
  return newestFirst.reverse()
}

function nodesOf(tags: readonly TaggedCommit[]): ReadonlyMap<Oid, Node> {
  const nodes = new Map<Oid, Node>()
  for (const { tag, commit, date } of tags.toSorted((a, b) => (a.tag < b.tag ? 1 : -1))) {
    const known = nodes.get(commit)
    nodes.set(commit, { commit, date, tags: [...(known?.tags ?? []), tag] })
  }
  return nodes
}

/** For each tagged commit the tagged commits that are reached from it without passing another. */
function nearestAncestors(
  nodes: ReadonlyMap<Oid, Node>,
  history: readonly HistoryCommit[],
): ReadonlyMap<Oid, ReadonlySet<Oid>> {
  const below = new Map<Oid, ReadonlySet<Oid>>()
  const result = new Map<Oid, ReadonlySet<Oid>>()
  const none: ReadonlySet<Oid> = new Set()
  for (const { oid, parents } of history.toReversed()) {
    const sets = parents.map((parent) => below.get(parent) ?? none)
    const [first = none, ...rest] = sets
    // A linear history shares one set all the way; only a merge of different ones makes a new one.
    const union = rest.every((set) => set === first) ? first : new Set(sets.flatMap((set) => [...set]))
    if (nodes.has(oid)) result.set(oid, union)
    below.set(oid, nodes.has(oid) ? new Set([oid]) : union)
  }
  return result
}

function byDate(a: Node, b: Node): number {
  if (a.date !== b.date) return a.date - b.date
  return (a.tags[0] ?? '') < (b.tags[0] ?? '') ? -1 : 1
}

function insert(open: Node[], node: Node): void {
  let low = 0
  let high = open.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = open[middle]
    if (other && byDate(other, node) < 0) low = middle + 1
    else high = middle
  }
  open.splice(low, 0, node)
}
