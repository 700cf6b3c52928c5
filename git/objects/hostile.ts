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

/**
 * The paths of a list that end with NUL each which may hold a hostile name: every one that does, and a few honest ones.
 * Byte by byte, because the list of a huge repository is long and hardly ever holds any.
 */
export function suspiciousPaths(list: Uint8Array): readonly Bytes[] {
  const found: Bytes[] = []
  let start = 0
  let isNameStart = true
  let isSuspicious = false
  for (let at = 0; at < list.length; at += 1) {
    const byte = list[at] as number
    if (byte === 0x00) {
      if (isSuspicious || isNameStart) found.push(toBytes(list.subarray(start, at)))
      start = at + 1
      isNameStart = true
      isSuspicious = false
    } else if (byte === 0x2f) {
      isSuspicious ||= isNameStart
      isNameStart = true
    } else {
      // A dot leads; a backslash, a tilde, and the first bytes of what HFS+ leaves out may stand anywhere.
      const isOdd = byte === 0x5c || byte === 0x7e || byte === 0xe2 || byte === 0xef
      if (isOdd || (isNameStart && byte === 0x2e)) isSuspicious = true
      isNameStart = false
    }
  }
  return found
}

/** Refuses a commit whose tree holds a name that no work tree may hold; throws UNDRIFT_E_STACK. */
export async function refuseHostileTrees(quarantine: Quarantine, commits: readonly Oid[]): Promise<void> {
  const argv = ['ls-tree', '-r', '-t', '-z', '--name-only', '--full-tree']
  for (const commit of new Set(commits)) {
    const answer = await runGit(quarantine, [...argv, commit], { config: quarantineConfig })
    refuseHostilePaths(commit, suspiciousPaths(answer.stdout))
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
