import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import type { Repositories } from './repositories.ts'

/** What the config says of one rehearsal fork and of the upstream of the same name. */
export interface ForkConfig {
  readonly name: string
  readonly repositories: Repositories
  readonly feedUrl: string
  /** How Undrift reaches the first remote; the second is a path to it. */
  readonly originUrl: string
  /** Whether candidates go out unasked. */
  readonly push: boolean
  readonly verify: readonly string[]
  readonly ledger?: boolean
  /** Every second when it is left out. */
  readonly poll?: string
  readonly webhook?: boolean
  /** Commands by pattern. */
  readonly generated?: Readonly<Record<string, string>>
  /** How long its feed may be gone before a person is asked; a day when it is left out. */
  readonly patience?: string
  readonly choosing?: Choosing
  /** The SSH public key that releases must be signed with. */
  readonly signedBy?: string
  /** Whether the feed opens to the token only. */
  readonly guarded?: boolean
  /** Lines besides `main`, which is the branch of that name; none when it is left out. */
  readonly lines?: Lines
}

/** Lines of a fork by name: the maintained branch, and the versions that it takes. */
export type Lines = Readonly<
  Record<string, { readonly branch: string; readonly tags: { readonly range: string } }>
>

/** What an upstream's config says of the choice of releases. */
export interface Choosing {
  readonly step?: 'latest' | 'each' | 'each-minor'
  readonly minimumAge?: string
  readonly security?: string
}

export interface ConfigOptions {
  readonly sandbox: 'bubblewrap' | 'none'
  /** Name of the environment variable that holds the token of the first remote. */
  readonly tokenName: string
  /** The same for the secret of webhooks. */
  readonly webhookName?: string
}

/** Writes an `undrift.yaml` with these forks, as an operator would. */
export async function writeConfig(
  file: string,
  forks: readonly ForkConfig[],
  { sandbox, tokenName, webhookName }: ConfigOptions,
): Promise<void> {
  const token = `env:${tokenName}`
  const config = {
    upstreams: Object.fromEntries(
      forks.map(
        ({
          name,
          repositories,
          feedUrl,
          poll = '1s',
          webhook = false,
          patience = '1d',
          signedBy,
          guarded = false,
          choosing = {},
        }) => [
          upstreamName(name),
          {
            git: repositories.upstream,
            feed: guarded ? { url: feedUrl, token } : feedUrl,
            poll,
            patience,
            tags: { prefix: 'v' },
            ...choosing,
            ...(signedBy === undefined ? {} : { signedBy: [{ ssh: signedBy }] }),
            ...(webhook ? { webhook: `env:${webhookName}` } : {}),
          },
        ],
      ),
    ),
    forks: Object.fromEntries(
      forks.map(
        ({
          name,
          repositories: { remotes },
          originUrl,
          push,
          verify,
          ledger = false,
          generated = {},
          lines,
        }) => [
          name,
          {
            upstream: upstreamName(name),
            remotes: { origin: { url: originUrl, token }, mirror: `file://${remotes.mirror}` },
            branch: 'main',
            ...(lines === undefined ? {} : { lines }),
            sandbox,
            verify,
            generated,
            publish: {
              // Left out, it is what a fork with lines needs.
              ...(lines === undefined ? { candidate: 'undrift/candidate/{tag}' } : {}),
              to: ['origin', 'mirror'],
              push,
              ledger,
            },
          },
        ],
      ),
    ),
    network: { allow: ['127.0.0.0/8'] },
  }
  await writeFile(file, stringify(config))
}

/** The upstream that a rehearsal fork follows. */
export function upstreamName(fork: string): string {
  return `${fork}-upstream`
}

/** The ref under which the candidate for a release is offered: a tag, or `LINE/TAG` in a fork with lines. */
export function candidateRef(release: string): string {
  return `refs/heads/undrift/candidate/${release}`
}
