import { harmlessBlemishes, ignorableBlemishes } from '../../domain/blemishes.ts'

/** One `key=value` of git configuration that travels in the environment, where argv would show it to everybody. */
export type ConfigEntry = readonly [key: string, value: string]

export interface EnvironmentOptions {
  /** Configuration on top of the hardening, such as an `http.extraHeader`. */
  readonly config?: readonly ConfigEntry[]
  /** Protocols beside https and ssh; `file` only for a remote that the operator wrote as a path. */
  readonly protocols?: readonly 'file'[]
  /** Variables of git's own, such as GIT_INDEX_FILE. */
  readonly variables?: Readonly<Record<string, string>>
}

/**
 * What a worker's environment may hand on: where programs and certificates are, and how to reach the network.
 * Everything else stays out, above all what may hold a secret.
 */
const passedOn = [
  'PATH',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
  'http_proxy',
  'https_proxy',
  'HTTPS_PROXY',
  'no_proxy',
  'NO_PROXY',
]

/**
 * Nothing can ever be put below it, so no `.gitconfig`, `.netrc` or attributes file is found there; a folder could be
 * filled by somebody. ssh does not care: it takes the user's home from the password database, so keys and
 * known_hosts work as they do in a shell.
 */
const emptyHome = '/dev/null'

/** Newer names, which older versions refuse in an argument. */
const newer: readonly string[] = ['largePathname', 'symlinkTargetLength']
const knownToAll = ignorableBlemishes.filter((id) => !newer.includes(id))

/** Configuration of every git process. Invariant: no program that a repository names is ever started by it. */
const hardening: readonly ConfigEntry[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.untrackedCache', 'false'],
  ['core.fsync', 'all'],
  ['core.fsyncMethod', 'batch'],
  ['core.protectNTFS', 'true'],
  ['core.protectHFS', 'true'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['fetch.fsckObjects', 'true'],
  ['submodule.recurse', 'false'],
  ['merge.conflictStyle', 'zdiff3'],
  ['credential.helper', ''],
  ['credential.interactive', 'never'],
  ['commit.gpgSign', 'false'],
  ['tag.gpgSign', 'false'],
  ['init.defaultBranch', 'main'],
  // Blemishes of old but honest histories, without which some upstreams could not be fetched at all.
  ...letIn(harmlessBlemishes),
]

/** Lets faults of objects in, by the names that git's own check gives them. */
export function letIn(blemishes: readonly string[]): readonly ConfigEntry[] {
  return blemishes.map((id) => [`fetch.fsck.${id}`, 'ignore'])
}

/**
 * The check of objects that were let in already, or that were made of such: what an operator may let in for one repository
 * passes, too, because the fetch has judged it. Every git that we take knows these names.
 */
export const strictCheck = `--strict=${[...harmlessBlemishes, ...knownToAll].map((id) => `${id}=ignore`).join(',')}`

/** Git's own complete environment: what is not in it, no git process of ours can see. Source: the hardening rules. */
export function gitEnvironment(options: EnvironmentOptions = {}): Record<string, string> {
  const inherited = passedOn.flatMap((name) => {
    const value = process.env[name]
    // An empty one counts as unset: git would take it for a file without a name.
    return value ? [[name, value] as const] : []
  })
  return {
    ...Object.fromEntries(inherited),
    HOME: emptyHome,
    XDG_CONFIG_HOME: emptyHome,
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: ['https', 'ssh', ...(options.protocols ?? [])].join(':'),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_ADVICE: '0',
    ...configVariables([...hardening, ...(options.config ?? [])]),
    ...options.variables,
  }
}

/** Configuration as the environment variables that git reads it from. */
function configVariables(entries: readonly ConfigEntry[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) }
  for (const [index, [key, value]] of entries.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = key
    variables[`GIT_CONFIG_VALUE_${index}`] = value
  }
  return variables
}
