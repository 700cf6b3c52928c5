import type { Config } from '../config/config.ts'
import type { ConfigWarning } from '../config/config-warnings.ts'
import { UndriftError } from '../domain/errors.ts'
import type { Remote } from '../domain/settings.ts'
import { sourceRemote } from '../domain/source-remote.ts'
import { listRemote, remoteKind } from '../git/index.ts'
import { inTurns } from './in-turns.ts'
import { accessTo } from './remote-access.ts'

const atOnce = 8
/** Above this many lines, a start would wait for hosts more than it would learn. */
const mostLines = 50
const patienceMs = 10_000

/**
 * Maintained branches that their remotes do not have, and remotes that do not answer, asked with one ls-remote a line. What
 * needs a secret that is not here is left out: it is told elsewhere.
 */
export async function missingBranches(
  config: Config,
  options: {
    readonly env: NodeJS.ProcessEnv
    readonly signal: AbortSignal
    /** `local`: only repositories on this machine, which answer at once. */
    readonly remotes: 'all' | 'local'
  },
): Promise<readonly ConfigWarning[]> {
  const isAsked = ({ url }: Remote) => options.remotes === 'all' || remoteKind(url) === 'file'
  const lines = config.forks.filter((fork) => isAsked(sourceRemote(fork))).slice(0, mostLines)
  const found = await inTurns(lines, atOnce, async (fork) => {
    const source = sourceRemote(fork)
    const at = `forks.${fork.name}${fork.line === 'main' ? '' : `.lines.${fork.line}`}`
    try {
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(patienceMs)])
      const ref = `refs/heads/${fork.branch}`
      const refs = await listRemote({ cwd: '/', signal }, accessTo(source, options.env), ['refs/heads/*'])
      if (refs.some((each) => each.ref === ref)) return []
      const names = refs.slice(0, 5).map((each) => each.ref.slice('refs/heads/'.length))
      const fix =
        names.length === 0
          ? `Push the branch: git push ${source.url} ${fork.branch}`
          : `Correct \`branch\`; there are: ${names.join(', ')}${refs.length > names.length ? ', …' : ''}`
      return [{ key: `${at}.branch`, message: `${source.url} has no branch ${fork.branch}`, fix }]
    } catch (error) {
      options.signal.throwIfAborted()
      if (error instanceof UndriftError && error.code === 'UNDRIFT_E_SECRET') return []
      const why = error instanceof UndriftError ? error.message.split('\n')[0] : 'it does not answer in time'
      const fix = error instanceof UndriftError ? error.hint : 'Check the URL and the network.'
      return [{ key: `${at}.remotes.${source.name}`, message: `${source.url} cannot be read: ${why}`, fix }]
    }
  })
  return found.flat()
}
