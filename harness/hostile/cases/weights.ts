import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { defaultLimits, type Limits } from '../../../domain/limits.ts'
import { fetchUpstream, openMirror } from '../../../git/index.ts'
import { weighTree } from '../../../git/objects/weigh.ts'
import { demand, type HostileCase, type HostilePlace, refusedWith } from '../hostile-case.ts'
import { type HostileRepository, hostileRepository, treeBomb } from '../hostile-git.ts'
import { measureCli } from '../measure-cli.ts'

/** Most memory that Undrift itself may take, whatever upstream brings. */
const mostMemory = 500e6

/** Fetches the tag `v1` as an attempt does. */
async function fetch({ folder }: HostilePlace, repository: HostileRepository, limits: Partial<Limits> = {}) {
  const mirror = await openMirror({
    path: join(folder, 'mirror.git'),
    limits: { ...defaultLimits, ...limits },
  })
  return fetchUpstream(mirror, repository.access, { tag: 'v1' })
}

/** Plans a stack of one patch on a release, in a process whose memory is measured. */
async function plan(repository: HostileRepository, onto: string, head: string): Promise<string> {
  const argv = ['plan', '--repo', repository.dir, '--head', head, '--onto', onto]
  const { code, words, peak } = await measureCli(argv)
  demand(code === 3, `plan ended with ${code}: ${words.slice(-300)}`)
  demand(words.includes('limits.'), `plan did not name the limit: ${words.slice(-300)}`)
  demand(peak < mostMemory, `it took ${Math.round(peak / 1e6)} MB`)
  return `exit 3, peak ${Math.round(peak / 1e6)} MB`
}

/** What upstream weighs. */
export const weights: readonly HostileCase[] = [
  {
    name: 'tree of 10^8 paths, fetched',
    tries: 'thirty objects that make 10^8 paths',
    run: async (place) => {
      const repository = hostileRepository(place.folder)
      repository.git(['tag', 'v1', repository.commit(treeBomb(repository, 8))])
      return refusedWith('UNDRIFT_E_TOO_HEAVY', () => fetch(place, repository))
    },
  },
  {
    name: 'tree of 10^8 paths, planned on',
    tries: 'the same as the release of a plan without a server',
    run: async ({ folder }) => {
      const repository = hostileRepository(folder)
      const base = repository.commit(repository.tree([['100644', 'a', repository.blob('a')]]))
      const head = repository.commit(repository.tree([['100644', 'a', repository.blob('b')]]), [base])
      return plan(repository, repository.commit(treeBomb(repository, 8), [base]), head)
    },
  },
  {
    name: 'long symlink',
    tries: 'a symlink with a target of 20 MB',
    run: async (place) => {
      const repository = hostileRepository(place.folder)
      const target = repository.blob(Buffer.alloc(20_000_000, 'x'))
      repository.git(['tag', 'v1', repository.commit(repository.tree([['120000', 'l', target]]))])
      return refusedWith('UNDRIFT_E_TOO_HEAVY', () => fetch(place, repository))
    },
  },
  {
    name: 'large checkout',
    tries: 'one blob of 1 MB that 10,000 names share: 10 GB of files',
    run: async ({ folder }) => {
      const repository = hostileRepository(folder)
      const blob = repository.blob(Buffer.alloc(1_000_000))
      const names = Array.from({ length: 100 }, (_, index) => `f${index}`.padEnd(4, '-')).sort()
      const inner = repository.tree(names.map((name) => ['100644', name, blob] as const))
      const tree = repository.tree(names.map((name) => ['40000', name, inner] as const))
      return refusedWith('UNDRIFT_E_TOO_HEAVY', () => weighTree({ path: repository.dir, signal: null }, tree))
    },
  },
  {
    name: 'endless pack',
    tries: 'a pack of 6 MB where 2 MB are allowed',
    run: async (place) => {
      const repository = hostileRepository(place.folder)
      const blob = repository.blob(randomBytes(6_000_000))
      repository.git(['tag', 'v1', repository.commit(repository.tree([['100644', 'f', blob]]))])
      return refusedWith('UNDRIFT_E_TOO_HEAVY', () => fetch(place, repository, { packBytes: 2_000_000 }))
    },
  },
  {
    name: 'large file to merge',
    tries: 'a file of 70 MB that both sides change',
    run: async ({ folder }) => {
      const repository = hostileRepository(folder)
      const content = Buffer.alloc(70_000_000, 'line of text\n')
      const changed = (at: number) => {
        const copy = Buffer.from(content)
        copy.write('LINE', at)
        return repository.tree([['100644', 'f', repository.blob(copy)]])
      }
      const base = repository.commit(repository.tree([['100644', 'f', repository.blob(content)]]))
      const head = repository.commit(changed(0), [base])
      return plan(repository, repository.commit(changed(60_000_001), [base]), head)
    },
  },
]
