import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Change, commitChange } from './change.ts'
import { forkAuthor, git, listRefs, upstreamAuthor } from './git.ts'
import { forkPatches, upstreamRoot } from './project.ts'
import { type ReleaseKind, releaseChanges } from './releases.ts'
import { type SignerName, signingFlags } from './signing.ts'

/** One upstream and one fork of it, with everybody's repositories. Paths are absolute. */
export interface Repositories {
  /** Bare: what the config names as the upstream. */
  readonly upstream: string
  readonly remotes: { readonly origin: string; readonly mirror: string }
  /** Where the upstream's people work. */
  readonly upstreamCheckout: string
  /** Where the fork's person works; no attempt may touch it. */
  readonly forkCheckout: string
}

export const firstTag = 'v1.0.0'
export const maintainedRef = 'refs/heads/main'

/** Builds upstream with its first release, and a fork of five patches on it on two remotes. */
export async function buildRepositories(
  folder: string,
  format: 'sha1' | 'sha256' = 'sha1',
): Promise<Repositories> {
  const repositories: Repositories = {
    upstream: join(folder, 'upstream.git'),
    remotes: { origin: join(folder, 'origin.git'), mirror: join(folder, 'mirror.git') },
    upstreamCheckout: join(folder, 'upstream'),
    forkCheckout: join(folder, 'fork'),
  }
  const { upstream, remotes, upstreamCheckout, forkCheckout } = repositories
  await mkdir(folder, { recursive: true })
  await Promise.all([upstream, remotes.origin, remotes.mirror].map((path) => makeBare(path, format)))
  const init = ['init', '--quiet', '--initial-branch=main', `--object-format=${format}`]
  await git(folder, [...init, upstreamCheckout])
  await git(upstreamCheckout, ['remote', 'add', 'origin', upstream])
  await commitChange(upstreamCheckout, upstreamRoot, { author: upstreamAuthor, at: day(0) })
  await publishTag(repositories, firstTag, day(0))

  await git(folder, ['clone', '--quiet', '--origin', 'upstream', upstream, forkCheckout])
  await git(forkCheckout, ['remote', 'add', 'origin', remotes.origin])
  await git(forkCheckout, ['remote', 'add', 'mirror', remotes.mirror])
  for (const [index, patch] of forkPatches.entries()) {
    await commitChange(forkCheckout, patch, { author: forkAuthor, at: day(index + 1) })
  }
  await pushFork(repositories)
  return repositories
}

export interface UpstreamRelease {
  readonly tag: string
  readonly commit: string
  readonly publishedAt: string
}

/** Commits and tags a release in the upstream repository; nobody has heard of it until a feed says so. */
export async function makeRelease(
  repositories: Repositories,
  tag: string,
  kind: ReleaseKind,
  options: { readonly signer?: SignerName } = {},
): Promise<UpstreamRelease> {
  const at = day(30 + Number(tag.replaceAll(/\D/g, '')))
  let commit = ''
  for (const change of releaseChanges(kind, tag.slice(1))) {
    commit = await commitChange(repositories.upstreamCheckout, change, { author: upstreamAuthor, at })
  }
  const flags = options.signer === undefined ? [] : signingFlags(repositories, options.signer)
  await publishTag(repositories, tag, at, flags)
  return { tag, commit, publishedAt: at }
}

/** Upstream changes its mind: the tag is made again, on a commit that nobody has seen. */
export async function moveTag(
  repositories: Repositories,
  tag: string,
  change: Change,
): Promise<UpstreamRelease> {
  const { upstreamCheckout } = repositories
  const at = day(70)
  const commit = await commitChange(upstreamCheckout, change, { author: upstreamAuthor, at })
  await git(upstreamCheckout, ['tag', '--force', '--annotate', '--message', `tally ${tag}, again`, tag], {
    author: upstreamAuthor,
    at,
  })
  const refs = ['HEAD:refs/heads/main', `+refs/tags/${tag}`]
  await git(upstreamCheckout, ['push', '--quiet', '--atomic', 'origin', ...refs])
  return { tag, commit, publishedAt: at }
}

/** The fork's person commits a change of their own and pushes it to both remotes. */
export async function commitToFork(repositories: Repositories, change: Change): Promise<string> {
  const commit = await commitChange(repositories.forkCheckout, change, { author: forkAuthor, at: day(60) })
  await pushFork(repositories)
  return commit
}

/** The fork's person moves the stack onto a release by hand, before Undrift hears of it. */
export async function rebaseForkByHand(repositories: Repositories, tag: string): Promise<string> {
  const { forkCheckout } = repositories
  await git(forkCheckout, ['fetch', '--quiet', 'upstream', `refs/tags/${tag}:refs/tags/${tag}`])
  await git(forkCheckout, ['rebase', '--quiet', tag], { at: day(61) })
  await pushFork(repositories)
  return git(forkCheckout, ['rev-parse', 'HEAD'])
}

/** What everybody can see on the fork's two remotes. */
export async function remoteRefs({ remotes }: Repositories): Promise<RemoteRefs> {
  const [origin, mirror] = await Promise.all([listRefs(remotes.origin), listRefs(remotes.mirror)])
  return { origin, mirror }
}

export interface RemoteRefs {
  readonly origin: Readonly<Record<string, string>>
  readonly mirror: Readonly<Record<string, string>>
}

/** A bare repository that writes down every move of every ref. */
async function makeBare(path: string, format: string): Promise<void> {
  const init = ['init', '--quiet', '--bare', '--initial-branch=main', `--object-format=${format}`]
  await git('.', [...init, path])
  await git(path, ['config', 'core.logAllRefUpdates', 'always'])
}

async function publishTag(
  { upstreamCheckout }: Repositories,
  tag: string,
  at: string,
  flags: readonly string[] = [],
): Promise<void> {
  await git(upstreamCheckout, [...flags, 'tag', '--annotate', '--message', `tally ${tag}`, tag], {
    author: upstreamAuthor,
    at,
  })
  await git(upstreamCheckout, [
    'push',
    '--quiet',
    '--atomic',
    'origin',
    'HEAD:refs/heads/main',
    `refs/tags/${tag}`,
  ])
}

async function pushFork({ forkCheckout }: Repositories): Promise<void> {
  for (const remote of ['origin', 'mirror']) {
    await git(forkCheckout, ['push', '--quiet', '--force', remote, `HEAD:${maintainedRef}`])
  }
}

/** The n-th day of the world: the clock has no say in any id. */
function day(n: number): string {
  return new Date(Date.UTC(2026, 0, 1 + n, 9)).toISOString()
}
