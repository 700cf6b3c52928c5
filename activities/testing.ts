import { join } from 'node:path'
import { dataFolder } from '../config/data-folder.ts'
import { maintainId } from '../domain/ids.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { cloneRepo, makeBare, makeFolder, makeRepo, numberedLines, type TestRepo } from '../git/testing.ts'
import type { ActivityDeps } from './deps.ts'
import { fetchRelease } from './fetch-release.ts'
import { rebaseStack } from './rebase-stack.ts'
import type { StepContext } from './step.ts'
import type { FetchResult, PushInput, RebaseInput, RebaseResult, StepInput } from './types.ts'

/** A small world of real repositories: an upstream, a fork with two patches, and the two remotes that hold it. */
export interface ActivityWorld {
  readonly deps: ActivityDeps
  readonly step: StepContext
  readonly upstream: TestRepo
  readonly fork: TestRepo
  readonly origin: TestRepo
  readonly mirror: TestRepo
  readonly input: (tag: string, overrides?: Partial<AttemptSettings['fork']>) => StepInput
  /** Another machine: the same remotes, nothing fetched yet. */
  readonly elsewhere: () => ActivityDeps
  readonly remove: () => void
}

/** Makes the world, with the upstream at v1.0.0, v1.1.0 (clean) and v2.0.0 (conflicting). */
export function makeWorld(): ActivityWorld {
  const folder = makeFolder()
  const upstream = makeRepo(join(folder.path, 'upstream'))
  upstream.commit('Begin', { 'a.txt': numberedLines(30), 'b.txt': 'b\n' })
  upstream.git('tag', '-a', '-m', 'One', 'v1.0.0')
  const fork = cloneRepo(upstream.dir, join(folder.path, 'fork'))
  fork.commit('Ours at the top', { 'a.txt': numberedLines(30, { 2: 'ours' }) })
  fork.commit('Ours beside', { 'c.txt': 'c\n' })
  const origin = makeBare(join(folder.path, 'origin.git'))
  const mirror = makeBare(join(folder.path, 'mirror.git'))
  for (const remote of [origin, mirror]) fork.git('push', '-q', remote.dir, 'main')
  upstream.commit('Change the end', { 'a.txt': numberedLines(30, { 28: 'theirs' }) })
  upstream.git('tag', 'v1.1.0')
  upstream.commit('Change the top', { 'a.txt': numberedLines(30, { 2: 'theirs', 28: 'theirs' }) })
  upstream.git('tag', 'v2.0.0')
  const depsIn = (name: string): ActivityDeps => ({
    data: dataFolder(join(folder.path, name), {}),
    address: '127.0.0.1:7233',
    env: {},
  })
  let machines = 0
  return {
    deps: depsIn('data'),
    step: { signal: new AbortController().signal, report: () => {} },
    upstream,
    fork,
    origin,
    mirror,
    input: (tag, overrides = {}) => ({
      attempt: maintainId('mine', 'main', tag),
      tag,
      settings: {
        upstream: {
          name: 'up',
          git: { name: 'git', url: upstream.dir, token: null },
          feed: 'http://127.0.0.1:1/feed',
          pollSeconds: 60,
          tags: { prefix: 'v', prereleases: false },
          allow: [],
        },
        fork: {
          name: 'mine',
          line: 'main',
          upstream: 'up',
          remotes: [
            { name: 'origin', url: origin.dir, token: null },
            { name: 'mirror', url: mirror.dir, token: null },
          ],
          branch: 'main',
          verify: {
            commands: ['test -f c.txt', 'grep -q ours a.txt'],
            network: false,
            timeoutSeconds: 60,
            idleSeconds: 60,
            outputBytes: 1_000_000,
            processes: 64,
          },
          sandbox: 'none',
          publish: { candidate: 'undrift/candidate/{tag}', to: ['origin', 'mirror'], push: true },
          committer: { name: 'Undrift', email: 'undrift@localhost' },
          ...overrides,
        },
      },
    }),
    elsewhere: () => depsIn(`data-${++machines}`),
    remove: folder.remove,
  }
}

export interface Prepared {
  readonly fetched: Extract<FetchResult, { kind: 'ready' }>
  readonly rebase: RebaseInput
  readonly replayed: RebaseResult
}

/** Goes through fetch and rebase, as an attempt does. */
export async function prepare(world: ActivityWorld, input: StepInput): Promise<Prepared> {
  const fetched = await fetchRelease(input, world.deps, world.step)
  if (fetched.kind !== 'ready') throw new Error(`Not ready: ${JSON.stringify(fetched)}`)
  const rebase: RebaseInput = {
    ...input,
    stackHead: fetched.stackHead,
    onto: fetched.release.commit,
    resolutions: [],
    takeWorkTree: false,
  }
  return { fetched, rebase, replayed: await rebaseStack(rebase, world.deps, world.step) }
}

/** What push is told after a replay that is done. */
export function pushInput({ rebase, replayed }: Prepared): PushInput {
  if (replayed.kind !== 'done') throw new Error('There is a conflict.')
  const { takeWorkTree: _, ...stack } = rebase
  return { ...stack, head: replayed.head, tree: replayed.tree }
}
