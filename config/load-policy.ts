import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UndriftError } from '../domain/errors.ts'
import type { DataFolder } from './data-folder.ts'
import { checkText } from './parse-config.ts'
import { type Policy, policySchema } from './policy.ts'
import { renderProblems } from './render-problems.ts'
import { schemaFaults } from './schema-faults.ts'

/** Where a worker's policy lies when nobody names another. */
export function policyFile(data: DataFolder): string {
  return join(data.root, 'worker.yaml')
}

/** Reads and checks a policy. Errors: UNDRIFT_E_CONFIG, whose message holds every problem; null where there is no such file. */
export function loadPolicy(file: string): Policy | null {
  const text = readIfThere(file)
  return text === null ? null : parsePolicy(text, file)
}

/** The policy that a text holds. Errors: UNDRIFT_E_CONFIG. */
export function parsePolicy(text: string, file: string): Policy {
  const { data, problems } = checkText(text, file, (value) => schemaFaults(value, policySchema))
  if (data && problems.length === 0) return policySchema.parse(data.value)
  throw new UndriftError('UNDRIFT_E_CONFIG', renderProblems(problems, { color: false }), {
    hint: 'Mend the places named above; no step runs before.',
  })
}

/** A file whose newest state counts. `now` is null where nothing is limited. Errors: UNDRIFT_E_CONFIG. */
export interface FollowedPolicy {
  readonly file: string
  readonly now: () => Policy | null
}

/**
 * Follows the policy of a worker: each call answers what the file says now. A file that somebody named must be there; without
 * the usual one nothing is limited, unless there was one before.
 */
export function followPolicy(named: string | undefined, data: DataFolder): FollowedPolicy {
  const file = named ?? policyFile(data)
  let stamp = ''
  let known: Policy | null = null
  function now(): Policy | null {
    const seen = stampOf(file)
    if (seen === stamp) return known
    const read = loadPolicy(file)
    if (read === null && (named !== undefined || known !== null)) {
      throw new UndriftError('UNDRIFT_E_CONFIG', `There is no policy ${file}.`, {
        hint: 'Write one, or start the worker anew without --policy.',
      })
    }
    known = read
    stamp = seen
    return known
  }
  return { file, now }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function stampOf(file: string): string {
  const at = statSync(file, { throwIfNoEntry: false, bigint: true })
  return at === undefined ? 'none' : `${at.mtimeNs} ${at.size} ${at.ino}`
}
