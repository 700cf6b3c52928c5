import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { treeOf } from '../mirror/queries.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { displayPath } from '../objects/bytes.ts'
import { inQuarantine } from '../objects/quarantine.ts'
import { readWholeTree } from '../objects/tree.ts'
import { openWholeMerger } from '../replay/merge-whole.ts'
import { settle } from '../resolutions/resolutions.ts'
import {
  type Files,
  makeFolder,
  makeRepo,
  numberedLines,
  type TestFolder,
  type TestRepo,
} from '../testing.ts'
import type { Mirror, ReplayConflict } from '../types.ts'
import { type TakenConflict, takeConflict } from './conflict-take.ts'
import { readBlobs } from './work-tree.ts'

export interface Clash {
  readonly conflict: ReplayConflict
}

/** A repository in which conflicts are made, a mirror of it, and a place for a person's work tree. */
export interface ConflictScene {
  readonly folder: TestFolder
  readonly source: TestRepo
  readonly mirror: Mirror
  readonly dir: string
  /** A base, a patch on it, and an upstream that went another way: the patch meets upstream in a conflict. */
  clash(base: Files, patched: Files, upstream: Files): Promise<Clash>
  /** The conflict of a patch, made by hand, with the commit that it is moved onto. */
  meet(parent: Oid, oid: Oid, lastGood: Oid): Promise<Clash>
  /** Two changes of one line of `file`, and some that do not clash. */
  content(): Promise<Clash>
  fetchAll(): Promise<void>
  /** Takes what lies in the work tree, as Grace. */
  take(conflict: ReplayConflict): Promise<TakenConflict>
  /** The settled tree's files, made as a replay makes it; a mode that is not a plain file's stands before the content. */
  settledFiles(met: Clash): Promise<Record<string, string> | null>
  remove(): void
}

/** Makes the scene in a temporary folder. */
export async function makeConflictScene(): Promise<ConflictScene> {
  const folder = makeFolder()
  const source = makeRepo(join(folder.path, 'source'))
  const mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  const dir = join(folder.path, 'hands', 'attempt')
  const scene: ConflictScene = {
    folder,
    source,
    mirror,
    dir,
    async clash(base, patched, upstream) {
      const parent = source.commit('base', base)
      source.git('checkout', '-q', '-b', 'fork')
      const oid = source.commit('Add our thing', patched)
      source.git('checkout', '-q', '-b', 'upstream', parent)
      return scene.meet(parent, oid, source.commit('upstream moves on', upstream))
    },
    async meet(parent, oid, lastGood) {
      await scene.fetchAll()
      const [authorName, authorEmail] = ['Ada', 'ada@example.org']
      const tree = await treeOf(mirror, oid)
      const patch = { oid, tree, parent, subject: 'Add our thing', authorName, authorEmail }
      const conflict = { patch, lastGood, paths: [] }
      const paths = await inQuarantine(mirror, async (quarantine) => {
        const merge = await mergeOf(quarantine, conflict)
        return merge.conflicts.map((each) => ({ ...each, path: displayPath(each.path).text }))
      })
      return { conflict: { ...conflict, paths } }
    },
    content: () =>
      scene.clash(
        { file: numberedLines(9), other: 'o' },
        { file: numberedLines(9, { 5: 'ours of the fork' }), 'new file': 'n' },
        { file: numberedLines(9, { 5: 'upstream’s', 9: 'clean change' }), gone: 'g' },
      ),
    fetchAll() {
      const access = { remote: { name: 'o', url: source.dir, token: null }, secret: null }
      return fetchRefs(mirror, access, ['+refs/heads/*:refs/source/heads/*'])
    },
    take(conflict) {
      const [by, attempt, at] = ['Grace', 'maintain/f/main/v2', '2026-05-04T03:02:01.000Z']
      return takeConflict(mirror, { conflict, dir, by, attempt, at })
    },
    settledFiles: ({ conflict }) =>
      inQuarantine(mirror, async (quarantine) => {
        const merge = await mergeOf(quarantine, conflict)
        const settled = await settle(mirror, merge, { objects: quarantine })
        return settled && filesOf(quarantine, settled.tree)
      }),
    remove: folder.remove,
  }
  return scene
}

async function mergeOf(
  quarantine: Parameters<typeof openWholeMerger>[0],
  { patch, lastGood }: ReplayConflict,
) {
  const merger = await openWholeMerger(quarantine)
  const [base, ours] = await Promise.all([patch.parent, lastGood].map((commit) => treeOf(quarantine, commit)))
  const merge = await merger.merge(base ?? '', ours ?? '', patch.tree)
  await merger.close()
  if (merge.kind !== 'conflict') throw new Error('The test expects a conflict.')
  return merge
}

async function filesOf(place: Mirror, tree: Oid): Promise<Record<string, string>> {
  const entries = [...(await readWholeTree(place, tree))]
  const blobs = await readBlobs(
    place,
    entries.map(([, { oid }]) => oid),
  )
  const files: Record<string, string> = {}
  for (const [path, { mode, oid }] of entries) {
    const content = blobs.get(oid)?.toString() ?? ''
    files[path] = mode === '100644' ? content : `${mode} ${content}`
  }
  return files
}
