import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { runGit } from '../process/command.ts'
import type { Mirror, RefUpdate, RemoteRef } from '../types.ts'
import { assertRefName } from './ref-name.ts'
import { decodeRefLines } from './ref-text.ts'

/** What a transaction came to. Nothing moved unless it is `updated`. */
export type RefsOutcome =
  | { readonly kind: 'updated' }
  /** Every ref stood at its new value already: an earlier try got through. */
  | { readonly kind: 'already-there' }
  | { readonly kind: 'stale'; readonly ref: string; readonly actual: Oid | null }

/** Moves all refs or none, each only from the value that is named. */
export async function updateRefs(mirror: Mirror, updates: readonly RefUpdate[]): Promise<RefsOutcome> {
  for (const update of updates) {
    assertRefName(update.ref)
    if (update.to === null && update.expected === null) {
      throw new UndriftError('UNDRIFT_E_INPUT', `Removing ${update.ref} needs the value that it has now.`)
    }
  }
  if (updates.length === 0) return { kind: 'already-there' }
  const stdin = updates.map(transactionLine).join('')
  try {
    await runGit(mirror, ['update-ref', '--stdin', '-z'], { stdin })
    return { kind: 'updated' }
  } catch (error) {
    const standing = await whereTheyStand(mirror, updates)
    if (standing.kind === 'half-way') return updateRefs(mirror, standing.left)
    if (standing.kind === 'as-expected') throw error
    return standing
  }
}

function transactionLine(update: RefUpdate): string {
  if (update.to === null) return `delete ${update.ref}\0${update.expected}\0`
  if (update.expected === null) return `create ${update.ref}\0${update.to}\0`
  return `update ${update.ref}\0${update.to}\0${update.expected}\0`
}

type Standing =
  | Exclude<RefsOutcome, { kind: 'updated' }>
  | { readonly kind: 'as-expected' }
  /** Git moves the refs of a transaction one after the other: a try that was killed may have moved some of them. */
  | { readonly kind: 'half-way'; readonly left: readonly RefUpdate[] }

/** Why a transaction failed, from the refs themselves. */
async function whereTheyStand(mirror: Mirror, updates: readonly RefUpdate[]): Promise<Standing> {
  const left: RefUpdate[] = []
  for (const update of updates) {
    const actual = await readRef(mirror, update.ref)
    if (actual === update.to) continue
    if (actual !== update.expected) return { kind: 'stale', ref: update.ref, actual }
    left.push(update)
  }
  if (left.length === 0) return { kind: 'already-there' }
  return left.length === updates.length ? { kind: 'as-expected' } : { kind: 'half-way', left }
}

/** What a full ref name points at; null when there is no such ref. */
export async function readRef(mirror: Mirror, ref: string): Promise<Oid | null> {
  assertRefName(ref)
  const result = await runGit(mirror, ['show-ref', '--verify', '--hash', '--', ref], { okCodes: [0, 1, 128] })
  if (result.code === 0) return result.stdout.toString('utf8').trim()
  if (/not a valid ref/.test(result.stderr)) return null
  throw new UndriftError('UNDRIFT_E_GIT', `${ref} could not be read: ${result.stderr.trim()}`)
}

/** All refs at or below a prefix such as `refs/upstream/tags`, in the order of their names. */
export async function listRefs(mirror: Mirror, prefix: string): Promise<readonly RemoteRef[]> {
  const format = '%(objectname) %(*objectname) %(refname)'
  const answer = await runGit(mirror, ['for-each-ref', `--format=${format}`, '--', prefix])
  return decodeRefLines(answer.stdout)
    .filter((line) => line !== '')
    .map((line) => {
      const [oid = '', peeled = '', ...ref] = line.split(' ')
      return { ref: ref.join(' '), oid, peeled: peeled || oid }
    })
}
