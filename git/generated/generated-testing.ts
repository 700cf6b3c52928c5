import type { GeneratedRule, PendingFiles } from '../../domain/generated.ts'
import type { Oid } from '../../domain/patch.ts'
import { replay } from '../replay/replay.ts'
import { readStack } from '../stack/stack.ts'
import { type Files, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, Replay } from '../types.ts'

export const committer = { name: 'Undrift', email: 'undrift@example.org' }

/** A replay on a repository of its own in which generated files met. */
export interface MetFiles {
  readonly repo: TestRepo
  readonly mirror: Mirror
  readonly onto: Oid
  readonly head: Oid
  readonly tree: Oid
  readonly pending: readonly PendingFiles[]
  readonly reports: Replay['reports']
  readonly rules: readonly GeneratedRule[]
}

/** Replays patches on a release, both of which change generated files of a command. */
export async function meetFiles(
  folder: TestFolder,
  options: {
    readonly start: Files
    readonly patches: readonly Files[]
    readonly release: Files
    readonly rules: readonly GeneratedRule[]
  },
): Promise<MetFiles> {
  const repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', options.start)
  repo.git('branch', 'fork')
  repo.commit('release', options.release)
  const onto = repo.oid('main')
  repo.git('checkout', '-q', 'fork')
  for (const [index, files] of options.patches.entries()) repo.commit(`patch ${index + 1}`, files)
  const mirror = { path: `${repo.dir}/.git`, signal: null }
  const stack = await readStack(mirror, { head: repo.oid('fork'), onto })
  const { rules } = options
  const result = await replay(mirror, { stack, onto, committer, attempt: null, generated: rules })
  if (result.kind !== 'done') throw new Error(`a conflict: ${JSON.stringify(result.reports)}`)
  const { head, tree, pending = [], reports } = result
  return { repo, mirror, onto, head, tree, pending, reports, rules }
}
