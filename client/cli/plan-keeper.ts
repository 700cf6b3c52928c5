import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { commitOf, isOid } from '../../git/mirror/queries.ts'
import { isRefName } from '../../git/mirror/ref-name.ts'
import { listRefs, readRef, updateRefs } from '../../git/mirror/refs.ts'
import type { Mirror } from '../../git/types.ts'
import type { CommandInput } from './command.ts'

/** Keeps a result under the ref of `--to`. */
export type Keeper = (head: Oid) => Promise<void>

/**
 * What keeps a result that is done: the ref is created, or moved from `--expect`. Null without `--to`. A ref that does
 * not stand where it should is refused before anything is planned, and again by the move itself.
 */
export async function openKeeper(source: Mirror, options: CommandInput['options']): Promise<Keeper | null> {
  const { to: ref, expect } = options
  if (ref === undefined) {
    if (expect === undefined) return null
    throw new UndriftError('UNDRIFT_E_USAGE', '--expect belongs to --to.', {
      hint: 'See `undrift plan --help`.',
    })
  }
  if (typeof ref !== 'string' || !/^refs\/heads\/[^-]/.test(ref) || !isRefName(ref)) {
    throw new UndriftError('UNDRIFT_E_INPUT', `--to: \`${String(ref)}\` is no branch.`, {
      hint: 'Write it out, such as `refs/heads/candidate`.',
    })
  }
  const expected = expect === undefined ? null : await expectedOid(source, expect)
  const actual = await readRef(source, ref)
  if (actual !== expected) throw elsewhere(ref, expected, actual)
  if (actual === null) await refuseNested(source, ref)
  return async (head) => {
    const outcome = await updateRefs(source, [{ ref, to: head, expected }])
    if (outcome.kind === 'stale') throw elsewhere(ref, expected, outcome.actual)
  }
}

async function expectedOid(source: Mirror, expect: unknown): Promise<Oid> {
  const oid = typeof expect === 'string' && isOid(expect) ? await commitOf(source, expect) : null
  if (oid !== null) return oid
  throw new UndriftError('UNDRIFT_E_INPUT', `--expect: \`${String(expect)}\` is no commit's whole id.`)
}

/** A branch and a folder of branches cannot have one name; git would say so only when all the work is done. */
async function refuseNested(source: Mirror, ref: string): Promise<void> {
  const [below] = await listRefs(source, ref)
  const parts = ref.split('/')
  const above = parts.slice(3).map((_, index) => parts.slice(0, index + 3).join('/'))
  const standing = await Promise.all(above.map(async (name) => ((await readRef(source, name)) ? name : null)))
  const other = below?.ref ?? standing.find((name) => name !== null)
  if (other === undefined || other === null) return
  throw new UndriftError('UNDRIFT_E_INPUT', `--to: ${ref} cannot stand beside ${other}. Nothing was moved.`, {
    hint: 'Choose another name: no branch can lie below another one.',
  })
}

function elsewhere(ref: string, expected: Oid | null, actual: Oid | null): UndriftError {
  const where = actual === null ? 'does not exist' : `is at ${actual}`
  const wanted = expected === null ? 'should not exist' : `should be at ${expected}`
  return new UndriftError('UNDRIFT_E_INPUT', `${ref} ${where}; it ${wanted}. Nothing was moved.`, {
    hint: actual === null ? 'Leave --expect out to create it.' : `Give \`--expect ${actual}\` to move it.`,
  })
}
