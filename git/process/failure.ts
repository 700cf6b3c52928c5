import { type ErrorCode, UndriftError } from '../../domain/errors.ts'
import { fsckFailure } from './fsck-failure.ts'
import { redact } from './redact.ts'

const longestWords = 2_000

/** Patterns of git's, ssh's and curl's own words (LC_ALL=C), the more telling first. */
const signs: readonly (readonly [RegExp, ErrorCode])[] = [
  [/mismatched algorithms|does not support this repository's hash algorithm/i, 'UNDRIFT_E_FORMAT'],
  [/detected dubious ownership in repository/i, 'UNDRIFT_E_REFUSED'],
  // Git follows no redirect of ours: it would take the token, and what is pushed, to another host.
  [/^(?!remote: ).*(?:returned error:|HTTP) 30[12378]\b/im, 'UNDRIFT_E_MOVED'],
  [/No space left on device|Disk quota exceeded/i, 'UNDRIFT_E_DISK'],
  [/Authentication failed|could not read (Username|Password)|terminal prompts disabled/i, 'UNDRIFT_E_AUTH'],
  // What newer Git says where it may not ask.
  [/unable to get (?:username|password) from user/i, 'UNDRIFT_E_AUTH'],
  [/Permission denied \(|Host key verification failed|Too many authentication failures/i, 'UNDRIFT_E_AUTH'],
  [
    /The requested URL returned error: 40[13]|HTTP 40[13]|remote: (Permission to|Write access to) .+/i,
    'UNDRIFT_E_AUTH',
  ],
  [
    /Could not resolve host|Name or service not known|Temporary failure in name resolution/i,
    'UNDRIFT_E_REMOTE',
  ],
  [
    /unable to access '|Could not read from remote repository|does not appear to be a git repository/i,
    'UNDRIFT_E_REMOTE',
  ],
  [
    /Connection (refused|reset|timed out|closed)|the remote end hung up|early EOF|unexpected disconnect/i,
    'UNDRIFT_E_REMOTE',
  ],
  [/RPC failed|repository '.+' not found|No route to host|Network is unreachable/i, 'UNDRIFT_E_REMOTE'],
  [/transport '.+' not allowed/i, 'UNDRIFT_E_INPUT'],
  [/cannot lock ref '.+': '.+' exists; cannot create/i, 'UNDRIFT_E_REFUSED'],
  [/Unable to create '.+\.lock': File exists|cannot lock ref/i, 'UNDRIFT_E_BUSY'],
]

/** Which row of the error table git's words belong to. */
export function codeOf(stderr: string): ErrorCode {
  return signs.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'UNDRIFT_E_GIT'
}

/** Git's failure as an error of the table: its own words, without any secret, and the subcommand that failed. */
export function gitFailure(
  argv: readonly string[],
  stderr: string,
  options: { readonly code: number | string; readonly secrets?: readonly string[] },
): UndriftError {
  const refused = fsckFailure(stderr)
  if (refused !== null) return refused
  const code = codeOf(stderr)
  const words = redact(ownWords(stderr), options.secrets).trim().slice(-longestWords)
  const command = argv.find((word) => !word.startsWith('-')) ?? 'git'
  const particulars = words === '' ? `it ended with ${options.code} and said nothing` : words
  return new UndriftError(code, `git ${command} failed: ${particulars}`, hintFor(stderr))
}

/** Git's words without its advice to change a config that we never read. */
function ownWords(stderr: string): string {
  const [, path] = /detected dubious ownership in repository at '(.+)'/.exec(stderr) ?? []
  return path === undefined ? stderr : `${path} belongs to another user than the one who runs this process.`
}

/** The hint where the table's own would send somebody the wrong way. */
function hintFor(stderr: string): { hint?: string } {
  if (/Host key verification failed/i.test(stderr)) {
    return { hint: 'Add the host to the known_hosts of the user that the worker runs as.' }
  }
  if (/Permission denied \(publickey/i.test(stderr)) {
    return { hint: 'Give the user that the worker runs as an SSH key (or agent) that the host knows.' }
  }
  if (/detected dubious ownership/i.test(stderr)) {
    return {
      hint: 'A push runs the hooks of that repository: run Undrift as its owner, change its owner (chown -R), or reach it over ssh or https.',
    }
  }
  const [, ref, other] = /cannot lock ref '(.+)': '(.+)' exists; cannot create/i.exec(stderr) ?? []
  if (ref !== undefined) {
    return {
      hint: `Git keeps no ref below another one: rename or delete ${other}, or choose another name for ${ref}.`,
    }
  }
  return {}
}
