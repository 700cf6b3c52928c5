import { UndriftError } from '../domain/errors.ts'
import type { Remote } from '../domain/settings.ts'
import { publishRemotes } from '../domain/source-remote.ts'
import {
  type Line,
  ledgerRef,
  type Mirror,
  type PushUpdate,
  push,
  type RemoteAccess,
  readRef,
  takePublished,
} from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import type { RecordInput } from './record-types.ts'
import { resolutionUpdates } from './resolution-updates.ts'
import { accessTo } from './secrets.ts'

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

/** What is to move on a remote, once what is there is taken in; null where its ref is no ledger of this line. */
async function updatesFor(
  mirror: Mirror,
  access: RemoteAccess,
  line: Line,
): Promise<readonly PushUpdate[] | null> {
  const ref = ledgerRef(line)
  const { there, strange } = await takePublished(mirror, access, line)
  if (strange.includes(ref)) return null
  const expected = there.find((each) => each.ref === ref)?.oid ?? null
  const to = await readRef(mirror, ref)
  const own = to === null || to === expected ? [] : [{ ref, to, expected }]
  return [...own, ...(await resolutionUpdates(mirror, line.fork, there))]
}
