import { UndriftError } from '../../domain/errors.ts'
import { type GeneratedRule, type PendingFiles, pendingFinder } from '../../domain/generated.ts'
import type { Oid } from '../../domain/patch.ts'
import type { MadeFiles, MovedCommit } from '../../domain/regenerated.ts'
import { type Bytes, displayPath, readableText } from '../objects/bytes.ts'
import { type CommitObject, serialiseCommit } from '../objects/commit-object.ts'
import { refuseHostilePaths } from '../objects/hostile.ts'
import { inQuarantine, migrate, type Quarantine } from '../objects/quarantine.ts'
import type { Entry } from '../objects/tree.ts'
import { openTrees, type PathChange, type TreeReader } from '../objects/tree-reader.ts'
import { committerLine } from '../replay/committer.ts'
import { editInTurns } from '../replay/generated.ts'
import type { Mirror } from '../types.ts'

export interface GeneratedFolding {
  readonly onto: Oid
  /** The result of the replay. */
  readonly head: Oid
  /** The result's tree with the made files in it. */
  readonly tree: Oid
  readonly rules: readonly GeneratedRule[]
  readonly pending: readonly PendingFiles[]
  readonly committer: { readonly name: string; readonly email: string }
}

export interface FoldedGenerated {
  readonly head: Oid
  readonly files: readonly MadeFiles[]
  /** Where the replay's commits went; those that stayed are not among them. */
  readonly moved: readonly MovedCommit[]
}

const mostNames = 20

/**
 * Folds files that were made again into the patches that they are for, and stacks the later patches on them. The same
 * files give the same commits on every machine. Invariant: no file changes that the patterns do not name.
 */
export function foldGenerated(mirror: Mirror, folding: GeneratedFolding): Promise<FoldedGenerated> {
  return inQuarantine(
    mirror,
    async (quarantine) => {
      const { objects } = quarantine
      const trees = openTrees(objects, quarantine.format)
      const { onto, head, tree, pending, committer } = folding
      const chain = await chainTo(quarantine, head, onto)
      const changes = await trees.compare((await objects.commit(head)).tree, tree)
      const shares = sharesOf(changes, folding)
      const target = await objects.commit(onto)
      const line = committerLine(committer, target)
      const folded = await restack(trees, chain, {
        shares,
        from: { oid: onto, commit: target },
        met: pending.flatMap(({ met }) => met),
        write,
      })
      const made = (await objects.commit(folded.head)).tree
      if (made !== tree) {
        throw new UndriftError(
          'UNDRIFT_E_INTERNAL',
          `Folding the made files in gave the tree ${made}, not ${tree}.`,
        )
      }
      if (folded.head !== head) await migrate(quarantine, [folded.head], [onto, head])
      const files = shares.map(({ of, edits }) => ({
        ...of,
        paths: [...edits.keys()].slice(0, mostNames).map((path) => displayPath(path).text),
        count: edits.size,
      }))
      return { ...folded, files }

      function write(commit: CommitObject): Oid {
        return objects.write('commit', serialiseCommit({ ...commit, committer: line }))
      }
    },
    { writes: 'buffered' },
  )
}

interface Link {
  readonly oid: Oid
  readonly commit: CommitObject
}

/** The commits of a replay's result, oldest first. */
async function chainTo({ objects }: Quarantine, head: Oid, onto: Oid): Promise<readonly Link[]> {
  const chain: Link[] = []
  for (let at = head; at !== onto; ) {
    const commit = await objects.commit(at)
    chain.push({ oid: at, commit })
    const [parent, second] = commit.parents
    if (parent === undefined || second !== undefined) {
      throw new UndriftError('UNDRIFT_E_INTEGRITY', `The replay ${head} does not stand on ${onto}.`)
    }
    at = parent
  }
  return chain.reverse()
}

/** The made files of one pattern. */
interface Share {
  readonly of: PendingFiles
  readonly edits: ReadonlyMap<Bytes, Entry>
}

/** Who gets which of the made files. They may come from another machine: nothing but regular files of the patterns. */
function sharesOf(
  changes: readonly PathChange[],
  { rules, pending, tree }: GeneratedFolding,
): readonly Share[] {
  const find = pendingFinder(rules, pending)
  const edits = new Map(pending.map((of) => [of, new Map<Bytes, Entry>()]))
  refuseHostilePaths(
    tree,
    changes.map(({ path }) => path),
  )
  for (const { path, after } of changes) {
    const of = find(readableText(path, null))
    const share = of && edits.get(of)
    if (!share || (after !== null && after.mode !== '100644' && after.mode !== '100755')) {
      const name = displayPath(path).text
      throw new UndriftError('UNDRIFT_E_INTEGRITY', `${name} is among the made files and must not be.`)
    }
    share.set(path, after)
  }
  return pending.map((of) => ({ of, edits: edits.get(of) ?? new Map() }))
}

async function restack(
  trees: TreeReader,
  chain: readonly Link[],
  how: {
    readonly shares: readonly Share[]
    /** The target. */
    readonly from: Link
    /** Commits that go when nothing is left of them. */
    readonly met: readonly Oid[]
    readonly write: (commit: CommitObject) => Oid
  },
): Promise<Pick<FoldedGenerated, 'head' | 'moved'>> {
  const moved: MovedCommit[] = []
  let head = how.from.oid
  let standing = how.from.commit.tree
  const edits = new Map<Bytes, Entry>()
  for (const { oid, commit } of chain) {
    for (const { of, edits: own } of how.shares)
      if (of.commit === oid) for (const edit of own) edits.set(...edit)
    const tree = await editInTurns(trees, commit.tree, edits)
    const isSame = tree === commit.tree && commit.parents[0] === head
    if (tree === standing && how.met.includes(oid)) {
      moved.push({ from: oid, to: null })
      continue
    }
    standing = tree
    head = isSame ? oid : how.write({ ...commit, tree, parents: [head] })
    if (!isSame) moved.push({ from: oid, to: head })
  }
  return { head, moved }
}
