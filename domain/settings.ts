import type { GeneratedRule } from './generated.ts'
import type { Limits } from './limits.ts'
import type { QuietHours } from './quiet-hours.ts'

/**
 * The configuration as plain data, the way it travels in a workflow's input.
 * Invariant: it holds names of secrets, never a secret.
 */

/** The name of a secret, such as `env:GITHUB_TOKEN`; the worker that needs it looks it up. */
export type SecretName = `env:${string}`

export interface Remote {
  readonly name: string
  /** https, ssh, scp-like, `file://` or an absolute path; never with a password in it. */
  readonly url: string
  readonly token: SecretName | null
  /** Faults of objects that are let in from there, by Git's names for them; absent for none beside the harmless ones. */
  readonly ignore?: readonly string[]
}

/** Which tags count as releases of this upstream. */
export interface TagRules {
  /** What stands before the version in a tag, such as `rust-v`; empty for none. */
  readonly prefix: string
  readonly prereleases: boolean
  /** A regular expression that the whole tag must hold a match of. */
  readonly match?: string | undefined
  /** A regular expression; a tag that holds a match of it is left out. */
  readonly ignore?: string | undefined
  /** How the rest of the tag is read as a version; `loose` when left out, see domain/version/find-scheme.ts. */
  readonly scheme?: string | undefined
  /** How build metadata orders versions of the scheme `semver`; it does not when left out. */
  readonly build?: 'numeric' | undefined
  /** A range in npm's syntax. */
  readonly range?: string | undefined
}

/** A key whose owner may sign releases: public text only. */
export type SignerKey =
  | {
      readonly kind: 'gpg'
      /** Of the primary key or of one of its signing subkeys: 40 or 64 hexadecimal digits in capitals. */
      readonly fingerprint: string
      /** The armoured public key. */
      readonly key: string
    }
  | {
      readonly kind: 'ssh'
      /** Type and base64, as in an `authorized_keys` line, without the comment. */
      readonly key: string
      readonly comment: string | null
    }

export interface UpstreamSettings {
  readonly name: string
  readonly git: Remote
  readonly feed: string
  /** Goes to the feed's own host only; absent for none. */
  readonly feedToken?: SecretName
  readonly pollSeconds: number
  readonly tags: TagRules
  /** Hosts and CIDR blocks on private networks that a feed may be fetched from. */
  readonly allow: readonly string[]
  /** A regular expression: a release whose tag, title or notes hold a match of it waits for no age and no hour. */
  readonly security?: string | undefined
  /** A release is expected within this time; its absence is shown. */
  readonly expectSeconds?: number | undefined
  /** How long the feed may be gone, or without a good poll, before a person is asked; a day where it is left out. */
  readonly patienceSeconds?: number | undefined
  /** How much it and its forks may weigh; the defaults where it is left out. */
  readonly limits?: Limits | undefined
  /** Whose decisions are taken: `any` where it is left out. */
  readonly decisions?: DecisionRule
  /** Whose signatures count on a release's tag; absent where no tag need be signed. */
  readonly signedBy?: readonly SignerKey[]
}

/** `any`: whoever reaches the server chooses among what is offered; `signed`: only who holds a key of the installation. */
export const decisionRules = ['any', 'signed'] as const
export type DecisionRule = (typeof decisionRules)[number]

/** What becomes of several releases that are newer than what a line stands on. */
export const stepRules = ['latest', 'each', 'each-minor'] as const
export type StepRule = (typeof stepRules)[number]

export type SandboxKind = 'bubblewrap' | 'none'

/**
 * What a box may reach: nothing; public addresses; or, through a proxy that tells of every request, named hosts, which may be
 * private ones.
 */
export type NetworkRule = boolean | { readonly allow: readonly string[] }

export interface VerifySettings {
  /** Shell commands, run one after the other in one work tree; the first that fails ends the step. */
  readonly commands: readonly string[]
  readonly network: NetworkRule
  /** Limits of one whole verification. */
  readonly timeoutSeconds: number
  readonly idleSeconds: number
  readonly outputBytes: number
  readonly processes: number
  /** Of all processes together; absent for the default. */
  readonly memoryBytes?: number
  /** Of the work tree, /tmp and home together; absent for the default. */
  readonly diskBytes?: number
  /** Variables of the commands' environment, such as PATH and HOME; plain text, never a secret. */
  readonly environment?: Readonly<Record<string, string>>
}

/** What holds where the settings do not say. */
export const boxDefaults = { memoryBytes: 8_000_000_000, diskBytes: 10_000_000_000 } as const

export interface PublishSettings {
  /** Branch name with `{tag}`, `{fork}` and `{line}` to be filled in. */
  readonly candidate: string
  /** Names of remotes, in the order in which they are pushed to. */
  readonly to: readonly string[]
  /** False: the attempt waits for `approve` before anything goes out. */
  readonly push: boolean
  /** How many candidates and backups of the line are kept; all when left out. */
  readonly keep?: number
  /** Whether the notes of patches go to the candidate's remotes, on their new commits; absent means no. */
  readonly notes?: boolean
  /** Whether the ledger and the resolutions go to the candidate's remotes, too; absent means no. */
  readonly ledger?: boolean
}

/** `soft`: a patch without a marker is carried; `strict`: it is dropped; `none`: markers are not read. */
export const tagPolicies = ['none', 'soft', 'strict'] as const
export type TagPolicy = (typeof tagPolicies)[number]

/** What of a fork's stack is carried, and how. */
export interface PatchRules {
  readonly policy: TagPolicy
  /** Beginnings of the ids of commits that are left out. */
  readonly exclude: readonly string[]
  /** Addresses of bots whose consecutive commits become one patch. */
  readonly squashAuthors: readonly string[]
}

export interface Identity {
  readonly name: string
  readonly email: string
}

export interface ForkSettings {
  readonly name: string
  /** The maintained line; `main` when the fork has only one. */
  readonly line: string
  readonly upstream: string
  /** The first is where the maintained branch is read from. */
  readonly remotes: readonly Remote[]
  readonly branch: string
  /** Absent means soft, with nothing left out. */
  readonly patches?: PatchRules
  /** The rules of this line; those of the upstream where it is left out. */
  readonly tags?: TagRules | undefined
  /** `latest` where it is left out. */
  readonly step?: StepRule | undefined
  /** How old a release must be before it is taken; 0 where it is left out. */
  readonly minimumAgeSeconds?: number | undefined
  readonly quiet?: readonly QuietHours[] | undefined
  readonly verify: VerifySettings
  readonly sandbox: SandboxKind
  readonly publish: PublishSettings
  /** The committer of replayed patches; the date comes from the release's commit. */
  readonly committer: Identity
  /** How generated files are settled, by pattern; the first that fits counts. Absent: none are known. */
  readonly generated?: readonly GeneratedRule[]
}

/** Everything one attempt needs to know, on any worker. */
export interface AttemptSettings {
  readonly upstream: UpstreamSettings
  readonly fork: ForkSettings
}
