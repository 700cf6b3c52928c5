import { spawnSync } from 'node:child_process'
import { benchEnvironment, clock, runGitHere } from '../timing.ts'
import type { Ends } from './bench-real.ts'

/** How long `git rebase --onto` takes in a checkout of the head, to its end or to its first conflict. */
export async function rebaseTime(
  checkout: string,
  { head, onto, base }: Ends,
): Promise<{ readonly kind: 'done' | 'conflict'; readonly time: number }> {
  const quietly = (...argv: string[]) =>
    spawnSync('git', argv, { cwd: checkout, env: benchEnvironment, encoding: 'utf8' })
  runGitHere(checkout, ['checkout', '-q', '-f', '--detach', head])
  // What a checkout leaves unsure would be the rebase's to look at.
  quietly('update-index', '-q', '--refresh')
  let ended = { status: null as number | null, stderr: '' }
  const time = await clock(() => {
    ended = quietly('rebase', '-q', '--onto', onto, base)
  })
  const isStopped = quietly('rev-parse', '--verify', '-q', 'REBASE_HEAD').status === 0
  if (ended.status !== 0 && !isStopped) throw new Error(`git rebase failed: ${ended.stderr.trim()}`)
  if (isStopped) {
    quietly('rebase', '--quit')
    runGitHere(checkout, ['reset', '-q', '--hard'])
  }
  return { kind: isStopped ? 'conflict' : 'done', time }
}
