import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { type Quarantine, quarantineConfig } from '../objects/quarantine.ts'
import { openTrees } from '../objects/tree-reader.ts'
import { runGit } from '../process/command.ts'
import type { ConfigEntry } from '../process/environment.ts'
import { startRepeated } from '../process/repeated.ts'
import { type Resident, startResident } from '../process/resident.ts'
import { atLeast, gitVersion } from '../process/version.ts'
import { allPaths, askedConflict, deathOf, withoutRenames } from './dying-git.ts'
import { type MergeAttributes, noAttributes } from './merge-attributes.ts'
import { type Merge, parseDialogue, parseMerge } from './merge-tree.ts'
import { withUnstaged } from './unstaged.ts'

/** `git merge-tree` on three whole trees. */
export interface WholeMerger {
  merge(base: Oid, ours: Oid, theirs: Oid): Promise<Merge>
  /** The same for trees without folders, of which only the named objects are shown to git. */
  mergeFlat(sides: MergeSides, needed: readonly Oid[]): Promise<Merge>
  close(): Promise<void>
}

export interface MergeSides {
  readonly base: Oid
  readonly ours: Oid
  readonly theirs: Oid
}

/**
 * `dialogue`: one resident `merge-tree --stdin` (Git 2.49 and newer); `process`: one `merge-tree` a merge; `whole`: one
 * `merge-tree` a patch and nothing else, which is what the others are measured against.
 */
export const mergePaths = ['dialogue', 'process', 'whole'] as const
export type MergePath = (typeof mergePaths)[number]

export const dialogueArgv = ['merge-tree', '--write-tree', '--stdin']

/** The path that is best for this Git. */
export async function bestMergePath(): Promise<MergePath> {
  // Below 2.49 the dialogue does not flush its answers: both sides would wait for ever.
  return atLeast(await gitVersion(), 2, 49) ? 'dialogue' : 'process'
}

/** The path that is best for this Git, or the one that is asked for. */
export async function openWholeMerger(
  quarantine: Quarantine,
  options: { readonly path?: MergePath | undefined; readonly attributes?: MergeAttributes } = {},
): Promise<WholeMerger> {
  const { attributes = noAttributes } = options
  const isDialogue = (options.path ?? (await bestMergePath())) === 'dialogue'
  const merger = isDialogue ? dialogueMerger(quarantine) : processMerger(quarantine)
  const trees = openTrees(quarantine.objects, quarantine.format)
  /** A merge that git died in, tried in other ways: alone, and without the rename detection in which it may die. */
  const survived = async (sides: MergeSides, error: unknown): Promise<Merge> => {
    const { base, ours, theirs } = sides
    const died = deathOf(error)
    if (died === null) throw error
    let fault = died
    for (const config of isDialogue ? [[], withoutRenames] : [withoutRenames]) {
      const other = processMerger(quarantine, config)
      try {
        const merge = await other.merge(base, ours, theirs)
        // It was another merge of the same dialogue that git died in.
        if (config.length === 0) return await withUnstaged(trees, sides, merge)
        return await askedConflict(trees, sides, { fault, merge })
      } catch (again) {
        const words = deathOf(again)
        if (words === null) throw again
        if (config.length === 0) fault = words
      } finally {
        await other.close()
      }
    }
    return askedConflict(trees, sides, { fault, merge: null })
  }
  return {
    merge: async (base, ours, theirs) => {
      await attributes.ready()
      const sides = { base, ours, theirs }
      const merged = merger.merge(base, ours, theirs)
      return merged.then(
        (merge) => withUnstaged(trees, sides, merge),
        (error: unknown) => survived(sides, error),
      )
    },
    mergeFlat: async (sides, needed) => {
      await attributes.ready()
      return merger.mergeFlat(sides, needed).catch(async (error: unknown) => {
        const fault = deathOf(error)
        if (fault === null) throw error
        // None of the contents counts as merged: each patch is then merged as a whole, and shows which one it was.
        return { kind: 'conflict' as const, tree: sides.ours, conflicts: await allPaths(trees, sides), fault }
      })
    },
    close: merger.close,
  }
}

function dialogueMerger(quarantine: Quarantine): WholeMerger {
  let resident: Resident | null = null
  const start = (): Resident => {
    resident ??= startResident(
      quarantine,
      dialogueArgv,
      (bytes) => parseDialogue(bytes, [])?.length ?? bytes.length + 1,
      { config: quarantineConfig },
    )
    return resident
  }
  const ask = async ({ base, ours, theirs }: MergeSides): Promise<Merge> => {
    const asked = start()
    try {
      return whole(await asked.ask(`${base} -- ${ours} ${theirs}\n`), [ours, theirs])
    } catch (error) {
      // Whoever asks next gets a new one.
      if (resident === asked) resident = null
      throw error
    }
  }
  return {
    merge: (base, ours, theirs) => {
      quarantine.objects.flush()
      return ask({ base, ours, theirs })
    },
    mergeFlat: (sides, needed) => {
      quarantine.objects.flush(needed)
      return ask(sides)
    },
    close: async () => resident?.close(),
  }
}

function whole(answer: Buffer, labels: readonly string[]): Merge {
  const parsed = parseDialogue(answer, labels)
  if (!parsed) throw new UndriftError('UNDRIFT_E_GIT', 'git merge-tree gave an answer that is not whole.')
  return parsed.merge
}

/**
 * Git below 2.45 merges commits, not trees, and below 2.40 finds the merge base itself: three commits that carry the
 * trees, two of them children of the third, make the third the merge base on every version.
 */
function processMerger(quarantine: Quarantine, more: readonly ConfigEntry[] = []): WholeMerger {
  const carrier = (tree: Oid, parents: readonly Oid[]): Oid =>
    quarantine.objects.write('commit', serialiseCommit({ ...nobody, tree, parents }))
  const carriers = ({ base, ours, theirs }: MergeSides) => {
    const root = carrier(base, [])
    return { root, labels: [carrier(ours, [root]), carrier(theirs, [root])] as const }
  }
  const config = [...quarantineConfig, ...more]
  const argv = ['merge-tree', '--write-tree', '-z']
  const repeated = startRepeated(quarantine, argv, { config })
  const merge = async (sides: MergeSides, needed?: readonly Oid[]): Promise<Merge> => {
    const { root, labels } = carriers(sides)
    quarantine.objects.flush(needed && [root, ...labels, ...needed])
    const made = await repeated.run(...labels)
    // Only a run of its own tells what git has to say of a failure.
    const isMade = made.code === 0 || made.code === 1
    const options = { config, okCodes: [0, 1] }
    const answer = isMade ? made : await runGit(quarantine, [...argv, ...labels], options)
    return parseMerge(answer.stdout, answer.code === 0, labels)
  }
  return {
    merge: (base, ours, theirs) => merge({ base, ours, theirs }),
    mergeFlat: merge,
    close: repeated.close,
  }
}

const nobody = {
  author: 'undrift <> 0 +0000',
  committer: 'undrift <> 0 +0000',
  encoding: null,
  message: '',
}
