import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import type { TagRules } from '../../domain/settings.ts'
import { type TagReader, tagReader } from '../../domain/version/tag-reader.ts'
import type { Version } from '../../domain/version/version.ts'
import { commitOf, contains } from '../mirror/queries.ts'
import { runGit } from '../process/command.ts'
import type { Workshop } from '../replay/workshop.ts'

/** Whether what a patch waits for is in the target. */
export type Until =
  /** `by` is the tag, branch or commit that shows it. */
  | { readonly kind: 'reached'; readonly by: string }
  /** Not yet, or not that anybody here could tell; `why` is the end of a sentence. */
  | { readonly kind: 'open'; readonly why: string | null }
  /** Neither a ref, nor a commit, nor a version. */
  | { readonly kind: 'unknown' }

/** Answers for one target what patches wait for. */
export type UntilReader = (name: string) => Promise<Until>

const tagRoots = ['refs/upstream/tags/', 'refs/tags/']
const branchRoots = ['refs/upstream/heads/', 'refs/remotes/upstream/']
/** Any other branch of a plain repository; a mirror has none. The last to be asked, and only whether the target holds it. */
const otherRoots = ['refs/heads/', 'refs/remotes/', 'refs/remotes/origin/']
/** Where nobody says how upstream writes its tags. */
const usualRules: TagRules = { prefix: '', prereleases: true }

/**
 * Reads names as an upstream tag or branch, a commit, or a version. A version is reached when the target has a tag of it
 * or of a newer one: upstream may have skipped it, or tagged it on a branch of its own.
 */
export function untilReader(
  workshop: Workshop,
  target: { readonly onto: Oid; readonly releases: TagRules | null },
): UntilReader {
  const { source } = workshop.quarantine
  const { onto } = target
  const rules = { ...(target.releases ?? usualRules), prereleases: true, range: undefined }
  const read = tagReader(rules, { positionOf: () => null })
  let merged: Promise<readonly string[]> | null = null
  const mergedTags = (): Promise<readonly string[]> => {
    merged ??= namesBelow(['--merged', onto], tagRoots)
    return merged
  }
  const namesBelow = async (
    argv: readonly string[],
    roots: readonly string[],
  ): Promise<readonly string[]> => {
    const answer = await runGit(source, ['for-each-ref', ...argv, '--format=%(refname)', ...roots])
    const refs = answer.stdout.toString('utf8').split('\n').filter(Boolean)
    return refs.map((ref) =>
      roots.reduce((name, root) => (name.startsWith(root) ? name.slice(root.length) : name), ref),
    )
  }
  const inTarget = (commit: Oid) => contains(workshop.quarantine, { ancestor: commit, descendant: onto })

  return async (name) => {
    if (!/^[\w./+~-]+$/.test(name) || name.includes('..') || name.startsWith('-')) return { kind: 'unknown' }
    const commit = await namedCommit(workshop, name, [...tagRoots, ...branchRoots])
    if (commit !== null && (await inTarget(commit))) return { kind: 'reached', by: name }
    const wanted = versionOf(read, rules.prefix, name) ?? familyOf(name)
    if (wanted !== null) {
      const newest = (await mergedTags()).find((tag) => {
        const version = wanted.readTag(tag)
        return version !== null && version.key >= wanted.version.key
      })
      if (newest !== undefined) return { kind: 'reached', by: newest }
      return { kind: 'open', why: commit === null ? 'which is not released yet' : null }
    }
    const branch = commit ?? (await namedCommit(workshop, name, otherRoots))
    if (branch !== null && (await inTarget(branch))) return { kind: 'reached', by: name }
    if (branch !== null) return { kind: 'open', why: null }
    return isHex(name) ? { kind: 'open', why: 'a commit that is not known here' } : { kind: 'unknown' }
  }
}

/** The error for a name that nothing here answers to. */
export function unknownUntil(oid: Oid, subject: string, name: string): UndriftError {
  return new UndriftError(
    'UNDRIFT_E_STACK',
    `Commit ${oid} (${subject}): its trailer waits for \`${name}\`, which is no upstream tag, branch, commit or version here.`,
    { hint: 'Name a tag or branch of upstream, a version such as 1.4.0, or a whole commit id.' },
  )
}

interface Wanted {
  readonly version: Version
  readonly readTag: (tag: string) => Version | null
}

/** A version by upstream's own rules, with its prefix or without. */
function versionOf(read: TagReader, prefix: string, name: string): Wanted | null {
  const readTag = (tag: string): Version | null => {
    // A tag that a rule leaves out as a release is a version all the same.
    return read(tag).version ?? null
  }
  const version = readTag(name) ?? readTag(`${prefix}${name}`)
  return version && { version, readTag }
}

/** A version of one family of tags, such as `rust-v1.2`, where nobody says how upstream writes them. */
function familyOf(name: string): Wanted | null {
  const prefix = /^\D*?(?=v?\d)/.exec(name)?.[0] ?? ''
  return prefix === '' ? null : versionOf(tagReader({ ...usualRules, prefix }), '', name)
}

/** The commit behind a full ref, a tag, a branch or an id; null where the repository has no such thing. */
async function namedCommit(
  { quarantine }: Workshop,
  name: string,
  roots: readonly string[],
): Promise<Oid | null> {
  for (const root of name.startsWith('refs/') ? [''] : roots) {
    for (const ref of root === '' ? [name] : [`${root}${name}`, `${root}v${name}`]) {
      const commit = await commitOf(quarantine.source, ref)
      if (commit !== null) return commit
    }
  }
  return isHex(name) ? commitOf(quarantine.source, name) : null
}

function isHex(name: string): boolean {
  return /^[0-9a-f]{7,64}$/.test(name)
}
