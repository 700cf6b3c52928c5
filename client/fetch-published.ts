import type { Config } from '../config/config.ts'
import type { DataFolder } from '../config/data-folder.ts'
import { UndriftError } from '../domain/errors.ts'
import { publishRemotes } from '../domain/source-remote.ts'
import { openMirror, takePublished } from '../git/index.ts'
import type { WantedLines } from './recorded-attempts.ts'
import { accessTo } from './remote-access.ts'

export interface PublishedQuery {
  readonly config: Config
  readonly wanted: WantedLines
  readonly data: Pick<DataFolder, 'mirrorOf'>
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/**
 * Takes in what other machines published of these lines, into the mirrors of this data folder. Throws UNDRIFT_E_USAGE
 * where the config publishes none of them, and what `takePublished` throws.
 */
export async function fetchPublished({ config, wanted, data, env, signal }: PublishedQuery): Promise<void> {
  const lines = config.forks.filter(
    ({ name, line, publish }) =>
      publish.ledger === true &&
      (wanted.fork === null || wanted.fork === name) &&
      (wanted.line === null || wanted.line === line),
  )
  if (lines.length === 0) {
    throw new UndriftError('UNDRIFT_E_USAGE', `${config.path} publishes the ledger of no such line.`, {
      hint: 'Write `publish: { ledger: true }` for the fork, as on the machine that publishes it.',
    })
  }
  for (const fork of lines) {
    const mirror = await openMirror({ path: data.mirrorOf(fork.upstream), signal })
    for (const remote of publishRemotes(fork)) {
      await takePublished(mirror, accessTo(remote, env), { fork: fork.name, line: fork.line })
    }
  }
}
