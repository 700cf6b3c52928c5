import type { Remote } from '../domain/settings.ts'
import { publishRemotes, sourceRemote } from '../domain/source-remote.ts'
import { listRemote, type Mirror, push } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { accessTo } from './secrets.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'
import type { MoveBranchInput, MoveBranchResult } from './types.ts'

/**
 * Moves the maintained branch to a candidate on every remote that holds it: all are looked at before one is moved, and
 * each keeps its old value under a backup ref, which goes only by `publish.keep`.
 */
export async function moveBranch(
  input: MoveBranchInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<MoveBranchResult> {
  const { fork } = input.settings
  const mirror = await openStepMirror(input, deps, step)
  const branch = `refs/heads/${fork.branch}`
  const backup = `refs/heads/undrift/backup/${fork.branch}/${input.expected.slice(0, 12)}`
  const source = sourceRemote(fork)
  const remotes = [source, ...publishRemotes(fork).filter(({ name }) => name !== source.name)]

  const standings: {
    readonly remote: Remote
    readonly at: string | null
    readonly backedUp: string | null
  }[] = []
  for (const remote of remotes) {
    const refs = await listRemote(mirror, accessTo(remote, deps), [branch, backup])
    const at = refs.find(({ ref }) => ref === branch)?.oid ?? null
    const backedUp = refs.find(({ ref }) => ref === backup)?.oid ?? null
    if (at !== input.to && at !== input.expected && !(at === null && remote !== source)) {
      return { kind: 'refused', reason: movedSentence(remote.name, fork.branch, { at, input }) }
    }
    standings.push({ remote, at, backedUp })
  }

  const backups: { remote: string; ref: string }[] = []
  const moved: string[] = []
  for (const { remote, at, backedUp } of standings) {
    // A remote that only takes candidates has no maintained branch, and gets none.
    if (at === null) continue
    if (at === input.expected && backedUp === null) {
      const kept = await pushOne(mirror, remote, { deps, ref: backup, to: input.expected, expected: null })
      if (kept !== null) return { kind: 'refused', reason: `${kept} ${soFar(fork.branch, moved)}` }
    }
    if (at === input.expected || backedUp !== null) backups.push({ remote: remote.name, ref: backup })
    if (at !== input.to) {
      const stopped = await pushOne(mirror, remote, { deps, ref: branch, to: input.to, expected: at })
      if (stopped !== null) return { kind: 'refused', reason: `${stopped} ${soFar(fork.branch, moved)}` }
    }
    moved.push(remote.name)
  }
  return { kind: 'moved', backups }
}

/** Where the branch stands at the candidate when a move stops half-way. */
function soFar(branch: string, moved: readonly string[]): string {
  if (moved.length === 0) return 'Nothing was moved.'
  return `${branch} on ${moved.join(', ')} is at the candidate; promoting again goes on with the others.`
}

/** Pushes one ref; null when it is there, else a sentence that says why it is not. */
async function pushOne(
  mirror: Mirror,
  remote: Remote,
  move: {
    readonly deps: ActivityDeps
    readonly ref: string
    readonly to: string
    readonly expected: string | null
  },
): Promise<string | null> {
  const { ref, to, expected } = move
  const outcome = await push(mirror, accessTo(remote, move.deps), [{ ref, to, expected }])
  switch (outcome.kind) {
    case 'pushed':
    case 'already-there':
      return null
    case 'stale':
      return `${ref} on ${remote.name} is at ${outcome.actual ?? 'nothing'}, not at ${expected ?? 'nothing'}; it was left alone.`
    case 'rejected':
      return `${remote.name} refused ${ref}: ${asSentence(outcome.words.slice(0, 1024))}`
  }
}

/** The remote's lines as one that another sentence can follow. */
function asSentence(words: string): string {
  return words
    .trim()
    .split(/\s*\n\s*/)
    .join('; ')
    .replace(/\.?$/, '.')
}

function movedSentence(
  remote: string,
  branch: string,
  { at, input }: { readonly at: string | null; readonly input: MoveBranchInput },
): string {
  const { name, line } = input.settings.fork
  const flag = line === 'main' ? '' : ` --line ${line}`
  return `${branch} on ${remote} is at ${at ?? 'nothing'}, and the candidate was made from ${input.expected}; nothing was moved. Run \`undrift run ${name} ${input.tag}${flag} --again\` for a candidate from the branch as it is.`
}
