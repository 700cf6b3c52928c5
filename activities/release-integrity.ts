import type { Oid } from '../domain/patch.ts'
import type { PinnedRelease } from '../domain/release.ts'
import {
  checkTagSignature,
  keyName,
  type Mirror,
  moveEvidence,
  readLastSigner,
  rememberSigner,
  type Signer,
  type TagMove,
  tagMoveSince,
} from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { accessTo } from './secrets.ts'
import type { FetchInput, FetchResult, MovedTagResult, PushInput, StepInput } from './types.ts'

/** A release whose tag may be worked from, or what a person must look at first. */
export type ReleaseCheck =
  | { readonly kind: 'sound'; readonly signer: string | null }
  | Omit<Extract<FetchResult, { kind: 'tag-signature' }>, 'worker'>
  | Omit<Extract<FetchResult, { kind: 'signature-tool-missing' }>, 'worker'>

const packages = { gpg: 'GnuPG (Debian: gpg)', 'ssh-keygen': 'OpenSSH (Debian: openssh-client)' } as const

/** The tag objects that a person took in this attempt although the tag moved. */
export function acceptedMoves({ accepted }: StepInput): readonly Oid[] {
  return acceptedFor('tag-moved', accepted)
}

/** What a person must see of a tag that moved. */
export async function movedTag(mirror: Mirror, move: TagMove): Promise<MovedTagResult> {
  return {
    kind: 'tag-moved',
    before: move.before.tagObject,
    after: move.after?.tagObject ?? null,
    evidence: await moveEvidence(mirror, move),
  }
}

/** The last look at the tag, before anything goes out: null while it is what the attempt works from. */
export async function movedSinceFetched(
  mirror: Mirror,
  input: PushInput,
  deps: ActivityDeps,
): Promise<MovedTagResult | null> {
  if (!input.release) return null
  const move = await tagMoveSince(mirror, accessTo(input.settings.upstream.git, deps), input.release)
  if (move === null) return null
  const taken = acceptedMoves(input).includes((move.after ?? move.before).tagObject)
  // A new object that a person took is not what this attempt was made from, unless it was made anew.
  return taken && move.after === null ? null : movedTag(mirror, move)
}

/**
 * Whether the release is signed as the config demands, and by whom the last one was. An object that this attempt fetched
 * before was looked at then; a tag that is signed otherwise passes only where a person said so.
 */
export async function checkRelease(
  mirror: Mirror,
  release: PinnedRelease,
  input: FetchInput,
): Promise<ReleaseCheck> {
  const keys = input.settings.upstream.signedBy ?? []
  const { tagObject } = release
  if (keys.length === 0 || input.seen?.tagObject === tagObject) return { kind: 'sound', signer: null }
  const check = await checkTagSignature(mirror, release, keys)
  const accepted = acceptedFor('tag-signature', input.accepted).includes(tagObject)
  const named = keys.map((key) => `named in the config: ${keyName(key)}`)
  switch (check.kind) {
    case 'tool-missing':
      if (accepted) return { kind: 'sound', signer: null }
      return { kind: 'signature-tool-missing', message: missing(check.program, input) }
    case 'unsigned':
    case 'refused':
      if (accepted) return { kind: 'sound', signer: null }
      return {
        kind: 'tag-signature',
        tagObject,
        reason: check.reason,
        evidence: [objectLine(release), ...named],
      }
    case 'good':
  }
  const changed = await otherSigner(mirror, check.signer)
  if (changed !== null && !accepted) {
    const reason = `It is signed by another than the last release that was taken: ${check.signer.name}.`
    const last = `signer of ${changed.tag}: ${changed.name}`
    return { kind: 'tag-signature', tagObject, reason, evidence: [objectLine(release), last, ...named] }
  }
  await rememberSigner(mirror, release, check.signer)
  return { kind: 'sound', signer: check.signer.name }
}

async function otherSigner(mirror: Mirror, signer: Signer) {
  const last = await readLastSigner(mirror)
  return last === null || last.id === signer.id ? null : last
}

function acceptedFor(need: 'tag-moved' | 'tag-signature', accepted: StepInput['accepted']): readonly Oid[] {
  return (accepted ?? []).filter((each) => each.need === need).map(({ tagObject }) => tagObject)
}

function missing(program: 'gpg' | 'ssh-keygen', { tag, settings }: StepInput): string {
  return `${tag} of ${settings.upstream.name} must be signed, and this worker has no ${program} to check it with. Install ${packages[program]} there, then retry.`
}

function objectLine({ tagObject, commit }: PinnedRelease): string {
  return tagObject === commit ? `commit: ${commit}` : `tag object: ${tagObject}, commit: ${commit}`
}
