import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { runGit } from '../process/command.ts'
import { type Bytes, displayPath, toBytes } from './bytes.ts'
import { type Quarantine, quarantineConfig } from './quarantine.ts'

/** Characters that HFS+ leaves out of a name, in UTF-8. */
const ignoredByHfs = /\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf/g

/**
 * Whether one name of a tree would write where no work tree may: out of it, or into its `.git`, by the rules of any
 * file system. Source: Git's verify_path with core.protectHFS and core.protectNTFS.
 */
export function isHostileName(name: Bytes): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) return true
  const plain = name.replace(ignoredByHfs, '').toLowerCase()
  // NTFS drops dots and spaces at the end, and reads `:` as a stream and `\` as a separator.
  return plain.split('\\').some((part) => /^(?:\.git|git~1)(?:[. ]*(?::.*)?)$/s.test(part)) || name === '..\\'
}

/** Finds every hostile name and a few honest ones, in a list that may be very long. */
const suspicious = /(?:^|[\0/])(?:\.{0,2}(?:[\0/]|$)|(?:\.git|git~1)(?=[\0/. :\\]|$)|[^\0/]*[\\\xe2\xef])/i

/** Refuses a commit whose tree holds a name that no work tree may hold; throws UNDRIFT_E_STACK. */
export async function refuseHostileTrees(quarantine: Quarantine, commits: readonly Oid[]): Promise<void> {
  for (const commit of new Set(commits)) {
    const answer = await runGit(
      quarantine,
      ['ls-tree', '-r', '-t', '-z', '--name-only', '--full-tree', commit],
      {
        config: quarantineConfig,
      },
    )
    const paths = toBytes(answer.stdout)
    if (suspicious.test(paths)) refuseHostilePaths(commit, paths.split('\0').slice(0, -1))
  }
}

/** Refuses paths of a commit that no work tree may hold; throws UNDRIFT_E_STACK. */
export function refuseHostilePaths(commit: Oid, paths: readonly Bytes[]): void {
  for (const path of paths) {
    if (!path.split('/').some(isHostileName)) continue
    throw new UndriftError(
      'UNDRIFT_E_STACK',
      `Commit ${commit} holds the path "${displayPath(path).text}", which no work tree may hold.`,
      {
        hint: 'Such a tree was made to attack; do not carry the commit.',
      },
    )
  }
}
