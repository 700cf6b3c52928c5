import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { branchInUse } from '../../git/mirror/checked-out.ts'
import { commitOf, isOid } from '../../git/mirror/queries.ts'
import { isRefName } from '../../git/mirror/ref-name.ts'
import { listRefs, readRef, updateRefs } from '../../git/mirror/refs.ts'
import { runGit } from '../../git/process/command.ts'
import type { Mirror } from '../../git/types.ts'
import type { CommandInput } from './command.ts'

/** Keeps a result under the ref of `--to`. */
export type Keeper = (head: Oid) => Promise<void>

export interface Keeping {
  /** Where the ref is kept. */
  readonly target: Mirror
  /** Brings a result there that is made elsewhere. */
  readonly bring?: Keeper
}

/**
 * What keeps a result that is done: the ref is created, or moved from `--expect`. Null without `--to`. A ref that does
 * not stand where it should, or that a work tree stands on, is refused before anything is planned, and again at the move.
 */
export async function openKeeper(
  { target, bring }: Keeping,
  options: CommandInput['options'],
): Promise<Keeper | null> {
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
  const expected = expect === undefined ? null : await expectedOid(target, expect)
  const actual = await readRef(target, ref)
  await refuseInUse(target, ref)
  if (actual !== expected) throw elsewhere(ref, expected, actual)
  if (actual === null) await refuseNested(target, ref)
  return async (head) => {
    await bring?.(head)
    await refuseInUse(target, ref)
    const outcome = await updateRefs(target, [{ ref, to: head, expected }])
    if (outcome.kind === 'stale') throw elsewhere(ref, expected, outcome.actual)
  }
}

async function expectedOid(target: Mirror, expect: unknown): Promise<Oid> {
  const oid = typeof expect === 'string' && isOid(expect) ? await commitOf(target, expect) : null
  if (oid !== null) return oid
  throw new UndriftError('UNDRIFT_E_INPUT', `--expect: \`${String(expect)}\` is no commit's whole id.`)
}

/** Invariant: no work tree of a person's finds its branch moved under it. Git moves no such branch by a fetch either. */
async function refuseInUse(target: Mirror, ref: string): Promise<void> {
  const { stdout } = await runGit(target, ['symbolic-ref', '--quiet', ref], { okCodes: [0, 1] })
  const meant = stdout.toString('utf8').trim()
  if (meant !== '') {
    throw new UndriftError('UNDRIFT_E_INPUT', `--to: ${ref} only stands for ${meant}. Nothing was moved.`, {
      hint: 'Name a branch that stands for itself.',
    })
  }
  const found = await branchInUse(target, ref)
  if (found === null) return
  const use = { 'checked-out': 'checked out', rebased: 'being rebased', bisected: 'being bisected' }[
    found.how
  ]
  throw new UndriftError('UNDRIFT_E_INPUT', `--to: ${ref} is ${use} in ${found.at}. Nothing was moved.`, {
    hint: 'Choose another branch, or let that work tree go from this one first.',
  })
}

/** A branch and a folder of branches cannot have one name; git would say so only when all the work is done. */
async function refuseNested(target: Mirror, ref: string): Promise<void> {
  const [below] = await listRefs(target, ref)
  const parts = ref.split('/')
  const above = parts.slice(3).map((_, index) => parts.slice(0, index + 3).join('/'))
  const standing = await Promise.all(above.map(async (name) => ((await readRef(target, name)) ? name : null)))
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
