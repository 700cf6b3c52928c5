import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { gitEnvironment } from '../../git/process/environment.ts'
import type { RemoteAccess } from '../../git/types.ts'

/** A repository whose objects are written by hand. */
export interface HostileRepository {
  readonly dir: string
  readonly access: RemoteAccess
  readonly git: (argv: readonly string[], input?: string | Uint8Array) => string
  readonly blob: (content: string | Uint8Array) => string
  /** A tree of these entries, whatever their names. */
  readonly tree: (entries: readonly (readonly [mode: string, name: string, oid: string])[]) => string
  readonly commit: (tree: string, parents?: readonly string[]) => string
}

/** Makes a bare repository for an attack. */
export function hostileRepository(folder: string, name = 'hostile.git'): HostileRepository {
  const dir = join(folder, name)
  const who = {
    GIT_AUTHOR_NAME: 'M',
    GIT_AUTHOR_EMAIL: 'm@x',
    GIT_COMMITTER_NAME: 'M',
    GIT_COMMITTER_EMAIL: 'm@x',
  }
  const date = { GIT_AUTHOR_DATE: '1700000000 +0000', GIT_COMMITTER_DATE: '1700000000 +0000' }
  const env = { ...gitEnvironment(), ...who, ...date }
  execFileSync('git', ['init', '-q', '--bare', dir], { env })
  const git = (argv: readonly string[], input: string | Uint8Array = '') =>
    execFileSync('git', ['-C', dir, ...argv], { env, input, maxBuffer: 1 << 28 })
      .toString()
      .trim()
  return {
    dir,
    access: { remote: { name: 'hostile', url: dir, token: null }, secret: null },
    git,
    blob: (content) => git(['hash-object', '-w', '--stdin'], content),
    tree: (entries) => {
      const parts = entries.map(([mode, entry, oid]) =>
        Buffer.concat([Buffer.from(`${mode} ${entry}\0`), Buffer.from(oid, 'hex')]),
      )
      return git(['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], Buffer.concat(parts))
    },
    commit: (tree, parents = []) =>
      git(['commit-tree', '-m', 'x', ...parents.flatMap((parent) => ['-p', parent]), tree]),
  }
}

/** A tree of ten to the power of `depth` paths, in as many objects. */
export function treeBomb(repository: HostileRepository, depth: number): string {
  const mode = (level: number) => (level === 0 ? '100644' : '40000')
  let oid = repository.blob('x')
  for (let level = 0; level < depth; level += 1) {
    const below = oid
    oid = repository.tree(Array.from({ length: 10 }, (_, index) => [mode(level), `${index}`, below] as const))
  }
  return oid
}
