import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import type { PinnedRelease } from '../../domain/release.ts'
import { notesRef } from '../notes/notes.ts'
import { refuseHeavy } from '../objects/weighed.ts'
import type { Mirror, RemoteAccess, RemoteRef } from '../types.ts'
import { damagedMirror } from './damage.ts'
import { pinBefore } from './heal.ts'
import { displacedRef, makeRoomFor, makeRoomForUpstream } from './make-room.ts'
import { withMirrorLock } from './mirror-lock.ts'
import { keepMoved, pinAnew, type TagMove } from './moved-refs.ts'
import { nearTag } from './near-tag.ts'
import { refuseOtherFormat, takeFormat } from './object-format.ts'
import { commitOf, hasObject } from './queries.ts'
import { assertRefName, isRefName } from './ref-name.ts'
import { listRefs, readRef, updateRefs } from './refs.ts'
import { fetchRefs, listRemote } from './remote.ts'

export type UpstreamFetch =
  | { readonly kind: 'ok'; readonly release: PinnedRelease }
  /** `near` is the tag that was meant, most likely: the same with a prefix, or without. */
  | { readonly kind: 'no-such-tag'; readonly near: string | null }
  | { readonly kind: 'not-a-commit' }
  /** The tag is not what was seen first, or is gone. The mirror keeps the old one in its place. */
  | ({ readonly kind: 'tag-moved' } & TagMove)

export interface WantedRelease {
  readonly tag: string
  /** What the caller saw the tag to be, on whatever machine; the mirror's own memory holds beside it. */
  readonly seen?: PinnedRelease | null
  /** Tag objects that a person took for this tag although it moved. */
  readonly accepted?: readonly Oid[]
  /** Told which tags upstream has now: the mirror keeps those that it had. */
  readonly onTags?: (tags: ReadonlySet<string>) => void
}

export type ForkFetch = { readonly kind: 'ok'; readonly head: Oid } | { readonly kind: 'no-such-branch' }

/** Above this many new tags, asking for each by name is slower than taking all. */
const mostNamedTags = 200

/**
 * Brings the upstream's branches and tags into `refs/upstream/`, and pins the release. A tag that is known already is
 * never fetched over, so what was seen first cannot be overwritten but by what a person took. Throws as `listRemote` does.
 */
export async function fetchUpstream(
  mirror: Mirror,
  access: RemoteAccess,
  wanted: WantedRelease,
): Promise<UpstreamFetch> {
  if (!isRefName(`refs/tags/${wanted.tag}`)) return { kind: 'no-such-tag', near: null }
  const fetched = await withMirrorLock(mirror, () => fetchUnderLock(mirror, access, wanted), {
    purpose: 'fetch',
  })
  if (fetched.kind === 'ok') await refuseHeavy(mirror, fetched.release.commit)
  return fetched
}

async function fetchUnderLock(
  mirror: Mirror,
  access: RemoteAccess,
  wanted: WantedRelease,
): Promise<UpstreamFetch> {
  const { tag } = wanted
  const ref = `refs/upstream/tags/${tag}`
  const there = (await listRemote(mirror, access, ['refs/heads/*', 'refs/tags/*'])).filter(hasName)
  await takeFormat(mirror, { url: access.remote.url, oid: there[0]?.oid })
  wanted.onTags?.(new Set(there.map((each) => each.ref.replace(/^refs\/tags\//, ''))))
  const found = there.find((each) => each.ref === `refs/tags/${tag}`)
  const offered = found === undefined ? null : pinned(tag, found)
  const here = new Map(
    (await listRefs(mirror, 'refs/upstream')).filter(hasName).map((each) => [each.ref, each]),
  )
  const known = here.get(ref) ?? (await listRefs(mirror, displacedRef(tag)))[0]
  const lost = await pinBefore(mirror, ref)
  const seenFirst = [
    known === undefined ? null : pinned(tag, known),
    lost === null ? null : { tag, tagObject: lost, commit: lost },
    wanted.seen ?? null,
  ]
  const before = seenFirst.find((each) => each !== null && each.tagObject !== offered?.tagObject)
  if (before) {
    const taken = wanted.accepted?.includes((offered ?? before).tagObject) ?? false
    if (offered !== null) await keepMoved(mirror, access, offered)
    // What another machine, or the watch, saw first may still be had for the comparison.
    if (known === undefined) await keepMoved(mirror, access, before)
    if (!taken) return { kind: 'tag-moved', before, after: offered }
    if (offered !== null && known !== undefined) await pinAnew(mirror, known, offered)
  } else if (offered === null) {
    const tags = there.flatMap((each) =>
      each.ref.startsWith('refs/tags/') ? [each.ref.slice('refs/tags/'.length)] : [],
    )
    return { kind: 'no-such-tag', near: nearTag(tag, tags) }
  }
  if (!isUpToDate(there, here)) await fetchMissing(mirror, access, { there, here })
  const pin = (await readRef(mirror, ref)) === null ? displacedRef(tag) : ref
  const got = await readRef(mirror, pin)
  if (got === null && offered === null) {
    throw new UndriftError(
      'UNDRIFT_E_REMOTE',
      `The tag ${tag} was deleted upstream, and this worker never had it.`,
    )
  }
  if (got === null || got !== (offered ?? before)?.tagObject) {
    throw new UndriftError('UNDRIFT_E_REMOTE', `The tag ${tag} changed upstream while it was being fetched.`)
  }
  const commit = await commitOf(mirror, pin)
  if (commit === null) {
    const target = (offered ?? before)?.commit ?? got
    if (!(await hasObject(mirror, target))) throw damagedMirror(`${pin} names ${target}, which is missing`)
    return { kind: 'not-a-commit' }
  }
  return { kind: 'ok', release: { tag, tagObject: got, commit } }
}

/** A name that is no text cannot be asked for, and must not keep the others from being fetched. */
function hasName({ ref }: RemoteRef): boolean {
  return isRefName(ref)
}

/** Whether the mirror has every tag by name (a moved one is kept as it was) and every branch at its place. */
function isUpToDate(there: readonly RemoteRef[], here: ReadonlyMap<string, RemoteRef>): boolean {
  return there.every(({ ref, oid }) => {
    const mine = here.get(localName(ref))
    return mine !== undefined && (ref.startsWith('refs/tags/') || mine.oid === oid)
  })
}

interface Known {
  readonly there: readonly RemoteRef[]
  readonly here: ReadonlyMap<string, RemoteRef>
}

async function fetchMissing(mirror: Mirror, access: RemoteAccess, refs: Known): Promise<void> {
  const heads = '+refs/heads/*:refs/upstream/heads/*'
  const tags = refs.there.filter(({ ref }) => ref.startsWith('refs/tags/'))
  const fresh = tags.filter(({ ref }) => !refs.here.has(localName(ref)))
  const wanted = new Set(refs.there.map(({ ref }) => localName(ref)))
  await makeRoomForUpstream(mirror, { wanted, here: refs.here })
  if (fresh.length <= mostNamedTags) {
    await fetchRefs(mirror, access, [heads, ...fresh.map(({ ref }) => `${ref}:${localName(ref)}`)])
    return
  }
  const moved = tags.filter(({ ref, oid }) => (refs.here.get(localName(ref))?.oid ?? oid) !== oid)
  const all = 'refs/tags/*:refs/upstream/tags/*'
  await fetchRefs(mirror, access, [heads, all, ...moved.map(({ ref }) => `^${ref}`)])
}

function localName(ref: string): string {
  return ref.replace(/^refs\//, 'refs/upstream/')
}

function pinned(tag: string, ref: RemoteRef): PinnedRelease {
  return { tag, tagObject: ref.oid, commit: ref.peeled }
}

/** Where the mirror keeps a fork's branch as its remote has it. */
export function forkRef(fork: string, remote: string, branch: string): string {
  return `refs/fork/${fork}/${remote}/heads/${branch}`
}

/** Where the mirror keeps the notes of a fork's remote. */
export function forkNotesRef(fork: string, remote: string): string {
  return `refs/fork/${fork}/${remote}/notes/commits`
}

/** Brings one branch of a fork's remote, and the notes there, into the mirror. Throws as `listRemote` does. */
export async function fetchFork(
  mirror: Mirror,
  access: RemoteAccess,
  wanted: { readonly fork: string; readonly branch: string },
): Promise<ForkFetch> {
  const from = `refs/heads/${wanted.branch}`
  const to = forkRef(wanted.fork, access.remote.name, wanted.branch)
  assertRefName(from)
  assertRefName(to)
  const fetched = await withMirrorLock(
    mirror,
    async (): Promise<ForkFetch> => {
      const there = await listRemote(mirror, access, [from, notesRef])
      const offered = there.find(({ ref }) => ref === from)
      await refuseOtherFormat(mirror, access, there)
      if (!offered) return { kind: 'no-such-branch' }
      const notes = forkNotesRef(wanted.fork, access.remote.name)
      const offeredNotes = there.find(({ ref }) => ref === notesRef)?.oid ?? null
      const knownNotes = await readRef(mirror, notes)
      const refspecs = [
        ...((await readRef(mirror, to)) === offered.oid ? [] : [`+${from}:${to}`]),
        ...(offeredNotes === null || offeredNotes === knownNotes ? [] : [`+${notesRef}:${notes}`]),
      ]
      await makeRoomFor(mirror, to, forkRef(wanted.fork, access.remote.name, '').slice(0, -1))
      if (refspecs.length > 0) await fetchRefs(mirror, access, refspecs)
      if (offeredNotes === null && knownNotes !== null)
        await updateRefs(mirror, [{ ref: notes, to: null, expected: knownNotes }])
      const head = await readRef(mirror, to)
      return head === null ? { kind: 'no-such-branch' } : { kind: 'ok', head }
    },
    // A remote that hangs must not hold up the other forks of this mirror, whose refs are others.
    { purpose: 'fetch', of: forkRef(wanted.fork, access.remote.name, '') },
  )
  if (fetched.kind === 'ok') await refuseHeavy(mirror, fetched.head)
  return fetched
}
