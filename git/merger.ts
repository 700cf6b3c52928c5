import { UndriftError } from '../domain/errors.ts'
import type { Oid } from '../domain/patch.ts'
import { runGit } from './command.ts'
import { serialiseCommit } from './commit-object.ts'
import { type Merge, parseDialogue, parseMerge } from './merge-tree.ts'
import { type Quarantine, quarantineConfig } from './quarantine.ts'
import { startResident } from './resident.ts'
import { atLeast, gitVersion } from './version.ts'

/** Merges three trees in memory. Every path of execution gives the same trees. */
export interface Merger {
  merge(base: Oid, ours: Oid, theirs: Oid): Promise<Merge>
  close(): Promise<void>
}

/** `dialogue`: one resident `merge-tree --stdin` (Git 2.49 and newer); `process`: one `merge-tree` a merge. */
export type MergePath = 'dialogue' | 'process'

/** The merger that is best for this Git, or the one that is asked for. */
export async function openMerger(quarantine: Quarantine, path?: MergePath): Promise<Merger> {
  const version = await gitVersion()
  // Below 2.49 the dialogue does not flush its answers: both sides would wait for ever.
  const best = atLeast(version, 2, 49) ? 'dialogue' : 'process'
  const merger = (path ?? best) === 'dialogue' ? dialogueMerger(quarantine) : processMerger(quarantine)
  const known = new Map<string, Merge>()
  return {
    close: merger.close,
    merge: async (base, ours, theirs) => {
      if (base === theirs || ours === theirs) return { kind: 'clean', tree: ours }
      if (base === ours) return { kind: 'clean', tree: theirs }
      const key = `${base} ${ours} ${theirs}`
      const merge = known.get(key) ?? (await merger.merge(base, ours, theirs))
      known.set(key, merge)
      return merge
    },
  }
}

function dialogueMerger(quarantine: Quarantine): Merger {
  const resident = startResident(
    quarantine,
    ['merge-tree', '--write-tree', '--stdin'],
    (bytes) => parseDialogue(bytes, [])?.length ?? bytes.length + 1,
    { config: quarantineConfig },
  )
  return {
    merge: async (base, ours, theirs) => {
      const answer = await resident.ask(`${base} -- ${ours} ${theirs}\n`)
      const parsed = parseDialogue(answer, [ours, theirs])
      if (!parsed) throw new UndriftError('UNDRIFT_E_GIT', 'git merge-tree gave an answer that is not whole.')
      return parsed.merge
    },
    close: () => resident.close(),
  }
}

/**
 * Git below 2.45 merges commits, not trees, and below 2.40 finds the merge base itself: three commits that carry the
 * trees, two of them children of the third, make the third the merge base on every version.
 */
function processMerger(quarantine: Quarantine): Merger {
  const carrier = (tree: Oid, parents: readonly Oid[]): Oid =>
    quarantine.objects.write('commit', serialiseCommit({ ...nobody, tree, parents }))
  return {
    merge: async (base, ours, theirs) => {
      const root = carrier(base, [])
      const labels = [carrier(ours, [root]), carrier(theirs, [root])]
      const answer = await runGit(quarantine, ['merge-tree', '--write-tree', '-z', ...labels], {
        config: quarantineConfig,
        okCodes: [0, 1],
      })
      return parseMerge(answer.stdout, answer.code === 0, labels)
    },
    close: async () => {},
  }
}

const nobody = {
  author: 'undrift <> 0 +0000',
  committer: 'undrift <> 0 +0000',
  encoding: null,
  message: '',
}
