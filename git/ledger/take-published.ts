import { UndriftError } from '../../domain/errors.ts'
import { withMirrorLock } from '../mirror/mirror-lock.ts'
import { listRefs } from '../mirror/refs.ts'
import { fetchRefs, listRemote } from '../mirror/remote.ts'
import { importResolution, packResolution } from '../resolutions/resolution-pack.ts'
import { adoptRevocation, readResolution } from '../resolutions/resolutions.ts'
import type { Mirror, RemoteAccess, RemoteRef } from '../types.ts'
import { joinLedgers } from './join-ledgers.ts'
import { type Line, ledgerRef } from './ledger.ts'

/** What other machines published on a remote, once this mirror has taken it in. */
export interface TakenPublished {
  /** The remote's refs: the line's ledger, resolutions, revocations. */
  readonly there: readonly RemoteRef[]
  /** Refs that hold something else than their names say; they were left alone. */
  readonly strange: readonly string[]
}

const resolutions = 'refs/undrift/resolutions/'
const revoked = 'refs/undrift/revoked/'

/**
 * Takes in what other machines published of a line: its ledger, and how conflicts were settled or what was taken back.
 * What a remote offers is looked through before it counts, a newer word stays, and done twice it fetches nothing.
 * Throws as `listRemote` does.
 */
export async function takePublished(
  mirror: Mirror,
  access: RemoteAccess,
  line: Line,
): Promise<TakenPublished> {
  const ledger = ledgerRef(line)
  const there = await listRemote(mirror, access, [ledger, `${resolutions}*`, `${revoked}*`])
  const incoming = `refs/undrift/incoming/${line.fork}/${access.remote.name}/`
  const local = ({ ref }: RemoteRef) => `${incoming}${ref.slice('refs/undrift/'.length)}`
  const strange: string[] = []
  const fresh = await withMirrorLock(
    mirror,
    async () => {
      // What was fetched once stays under these refs, so that something strange is not fetched for ever.
      const here = new Map((await listRefs(mirror, incoming.slice(0, -1))).map(({ ref, oid }) => [ref, oid]))
      const wanted = there.filter((each) => here.get(local(each)) !== each.oid)
      if (wanted.length > 0)
        await fetchRefs(
          mirror,
          access,
          wanted.map((each) => `+${each.ref}:${local(each)}`),
        )
      return wanted
    },
    { purpose: 'fetch' },
  )
  for (const each of fresh) if (!(await takeIn(mirror, each))) strange.push(each.ref)
  const theirs = there.find(({ ref }) => ref === ledger)
  if (theirs && (await joinLedgers(mirror, line, theirs.oid)).kind === 'foreign') strange.push(ledger)
  return { there, strange }
}

/**
 * The same from several remotes, as an attempt begins. One that cannot be read, or that lacks its secret, is left out: it
 * is named when the ledger is published, and is no reason not to begin.
 */
export async function takeReachable(
  mirror: Mirror,
  accesses: readonly (() => RemoteAccess)[],
  line: Line,
): Promise<void> {
  for (const access of accesses) {
    try {
      await takePublished(mirror, access(), line)
    } catch (error) {
      mirror.signal?.throwIfAborted()
      if (!(error instanceof UndriftError)) throw error
    }
  }
}

/** Whether a resolution or a revocation is what its ref says; the ledger is joined by itself. */
async function takeIn(mirror: Mirror, { ref, oid }: RemoteRef): Promise<boolean> {
  if (!ref.startsWith(resolutions) && !ref.startsWith(revoked)) return true
  const key = ref.slice(ref.lastIndexOf('/') + 1)
  if ((await readResolution(mirror, oid))?.key !== key) return false
  if (ref.startsWith(revoked)) return adoptRevocation(mirror, key, oid)
  try {
    await importResolution(mirror, await packResolution(mirror, oid))
    return true
  } catch (error) {
    if (error instanceof UndriftError && error.code === 'UNDRIFT_E_INPUT') return false
    throw error
  }
}
