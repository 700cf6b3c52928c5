import type { Oid } from '../../domain/patch.ts'
import { type Place, runGit } from '../process/command.ts'

/** Writes one object and returns its id; git checks that it is well-formed. */
export async function writeObject(place: Place, type: 'blob' | 'commit', body: Uint8Array): Promise<Oid> {
  const result = await runGit(place, ['hash-object', '-w', '-t', type, '--stdin'], { stdin: body })
  return result.stdout.toString('latin1').trim()
}
