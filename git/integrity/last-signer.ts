import type { PinnedRelease } from '../../domain/release.ts'
import { readRef, updateRefs } from '../mirror/refs.ts'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'
import type { Signer } from './signature.ts'

/** Who signed the last release that was taken, and which one that was. */
export interface LastSigner extends Signer {
  readonly tag: string
}

/** A blob of the upstream's mirror, in JSON. */
const ref = 'refs/signer/last'

/** The signer of the last release that was taken for this upstream; null while there is none. */
export async function readLastSigner(mirror: Mirror): Promise<LastSigner | null> {
  const blob = await readRef(mirror, ref)
  if (blob === null) return null
  const { stdout } = await runGit(mirror, ['cat-file', 'blob', blob])
  return JSON.parse(stdout.toString('utf8')) as LastSigner
}

/** Remembers who signed a release that is taken. */
export async function rememberSigner(
  mirror: Mirror,
  release: Pick<PinnedRelease, 'tag'>,
  { id, name }: Signer,
): Promise<void> {
  const last: LastSigner = { id, name, tag: release.tag }
  const expected = await readRef(mirror, ref)
  const { stdout } = await runGit(mirror, ['hash-object', '-w', '--stdin'], { stdin: JSON.stringify(last) })
  // Of two that are taken at the same moment, either may be the last.
  await updateRefs(mirror, [{ ref, to: stdout.toString('utf8').trim(), expected }])
}
