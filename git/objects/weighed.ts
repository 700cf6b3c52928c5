import type { Oid } from '../../domain/patch.ts'
import { limitsAt } from '../process/limits-at.ts'
import type { Mirror } from '../types.ts'
import { weighTree } from './weigh.ts'

/** Commits that were weighed in this process, with the limits that they kept. */
const weighed = new Set<string>()
const mostWeighed = 10_000

/** Refuses a commit whose tree is larger than the limits; weighs it once. Throws UNDRIFT_E_TOO_HEAVY. */
export async function refuseHeavy(mirror: Mirror, commit: Oid): Promise<void> {
  const key = `${mirror.path} ${commit} ${JSON.stringify(limitsAt(mirror))}`
  if (weighed.has(key)) return
  await weighTree(mirror, commit)
  if (weighed.size >= mostWeighed) weighed.clear()
  weighed.add(key)
}
