import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { isOid } from '../mirror/queries.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { inQuarantine, migrate } from '../objects/quarantine.ts'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'

/** A tree with made files, beside the commit whose tree it was made from. */
export interface MadeTree {
  readonly tree: Oid
  readonly head: Oid
}

/** Base64 characters that a message may carry, as for settled conflicts. */
const longestPack = 128 * 1024

/** What a tree has that the commit has not, as a base64 pack for a message; null where it is too much for one. */
export function packMadeTree(mirror: Mirror, { tree, head }: MadeTree): Promise<string | null> {
  return inQuarantine(mirror, async (quarantine) => {
    const nobody = {
      author: 'undrift <> 0 +0000',
      committer: 'undrift <> 0 +0000',
      encoding: null,
      message: '',
    }
    // Only between commits does git find out which file replaces which, and against the old one the new one is small.
    const carrier = quarantine.objects.write('commit', serialiseCommit({ ...nobody, tree, parents: [head] }))
    const argv = ['pack-objects', '--revs', '--thin', '--stdout', '-q', '--threads=1', '--no-reuse-delta']
    const { stdout } = await runGit(quarantine, argv, { stdin: `${carrier}\n^${head}\n` })
    const pack = stdout.toString('base64')
    return pack.length > longestPack ? null : pack
  })
}

/** Takes such a pack in; UNDRIFT_E_INTEGRITY where it does not hold the tree. */
export function importMadeTree(mirror: Mirror, made: MadeTree & { readonly pack: string }): Promise<void> {
  return inQuarantine(mirror, async (quarantine) => {
    const refused = (cause?: unknown) =>
      new UndriftError(
        'UNDRIFT_E_INTEGRITY',
        `The made files of ${made.tree} cannot be read from their pack.`,
        { cause },
      )
    if (!isOid(made.tree) || !isOid(made.head)) throw refused()
    try {
      const argv = ['index-pack', '--stdin', '--fix-thin', '--strict']
      await runGit(quarantine, argv, { stdin: Buffer.from(made.pack, 'base64') })
    } catch (cause) {
      quarantine.signal?.throwIfAborted()
      if (cause instanceof UndriftError && cause.code === 'UNDRIFT_E_DISK') throw cause
      throw refused(cause)
    }
    if ((await quarantine.objects.find(made.tree))?.type !== 'tree') throw refused()
    await migrate(quarantine, [made.tree], [made.head])
  })
}
