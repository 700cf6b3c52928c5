import { UndriftError } from '../domain/errors.ts'
import type { Remote } from '../domain/settings.ts'
import {
  fetchRefs,
  hasObject,
  joinLedgers,
  type Line,
  ledgerRef,
  listRemote,
  type Mirror,
  type PushUpdate,
  push,
  type RemoteAccess,
  readRef,
  withMirrorLock,
} from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { resolutionUpdates } from './resolution-updates.ts'
import { accessTo } from './secrets.ts'
import { publishRemotes } from './source-remote.ts'
import type { RecordInput } from './types.ts'

const longestWhy = 300
const mostTries = 3

/**
 * Brings a line's ledger, and the resolutions of its fork, to the remotes that got the candidate, where the config asks
 * for it: on each remote all of it or nothing, each ref from the value that was seen there. Answers why a remote does not
 * hold it now, a sentence each: the next candidate takes along what could not go out.
 */
export async function publishLedger(
  mirror: Mirror,
  input: RecordInput,
  deps: ActivityDeps,
): Promise<readonly string[]> {
  const { fork } = input.settings
  if (fork.publish.ledger !== true) return []
  const reached = new Set(input.candidates.flatMap(({ remote, pushed }) => (pushed ? [remote] : [])))
  const problems: string[] = []
  for (const remote of publishRemotes(fork).filter(({ name }) => reached.has(name))) {
    const why = await publishTo(mirror, remote, { line: { fork: fork.name, line: fork.line }, deps })
    if (why !== null) problems.push(`The ledger is not on ${remote.name}: ${why.slice(0, longestWhy)}`)
  }
  return problems
}

async function publishTo(
  mirror: Mirror,
  remote: Remote,
  { line, deps }: { readonly line: Line; readonly deps: ActivityDeps },
): Promise<string | null> {
  try {
    const access = accessTo(remote, deps)
    for (let tries = 0; tries < mostTries; tries += 1) {
      const updates = await updatesFor(mirror, access, line)
      if (updates === null) return `${ledgerRef(line)} holds something else there.`
      const outcome = await push(mirror, access, updates)
      if (outcome.kind === 'rejected') return `it was refused: ${outcome.words}`
      if (outcome.kind !== 'stale') return null
      // Another worker was faster: what it brought is taken in first.
    }
    return 'it keeps moving there.'
  } catch (error) {
    mirror.signal?.throwIfAborted()
    if (error instanceof UndriftError) return error.message
    throw error
  }
}

/** What is to move on a remote; null where its ref is no ledger of this line. */
async function updatesFor(
  mirror: Mirror,
  access: RemoteAccess,
  line: Line,
): Promise<readonly PushUpdate[] | null> {
  const ref = ledgerRef(line)
  const there = await listRemote(mirror, access, [
    ref,
    'refs/undrift/resolutions/*',
    'refs/undrift/revoked/*',
  ])
  const theirs = there.find((each) => each.ref === ref)?.oid ?? null
  const to = theirs === null ? await readRef(mirror, ref) : await joined(mirror, access, { line, theirs })
  if (to === null) return null
  const own = to === theirs ? [] : [{ ref, to, expected: theirs }]
  return [...own, ...(await resolutionUpdates(mirror, line.fork, there))]
}

/** The tip of the line's ledger once it holds what the remote has; null where that is no ledger of this line. */
async function joined(
  mirror: Mirror,
  access: RemoteAccess,
  { line, theirs }: { readonly line: Line; readonly theirs: string },
): Promise<string | null> {
  const ref = ledgerRef(line)
  const fetched = `refs/undrift/fetched/${access.remote.name}/${line.fork}/${line.line}`
  if (!(await hasObject(mirror, theirs))) {
    await withMirrorLock(mirror, () => fetchRefs(mirror, access, [`+${ref}:${fetched}`]), {
      purpose: 'fetch',
    })
  }
  const outcome = await joinLedgers(mirror, line, theirs)
  return outcome.kind === 'joined' ? outcome.tip : null
}
