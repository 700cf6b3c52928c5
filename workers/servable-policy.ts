import type { DataFolder } from '../config/data-folder.ts'
import { type FollowedPolicy, followPolicy } from '../config/load-policy.ts'
import { UndriftError } from '../domain/errors.ts'
import type { Role } from '../domain/queues.ts'

/** The policy of a worker that is to serve these roles. Errors: UNDRIFT_E_POLICY where it may not, UNDRIFT_E_CONFIG. */
export function servablePolicy(from: {
  readonly roles: readonly Role[]
  readonly data: DataFolder
  readonly policy?: string | undefined
}): FollowedPolicy {
  const followed = followPolicy(from.policy, from.data)
  const allowed = followed.now()?.roles ?? from.roles
  const refused = from.roles.filter((role) => !allowed.includes(role))
  if (refused.length === 0) return followed
  throw new UndriftError(
    'UNDRIFT_E_POLICY',
    `The policy ${followed.file} does not allow the role ${refused.join(', ')}.`,
    { hint: `Serve what it allows with --role ${allowed.join(',') || '…'}, or add the role there.` },
  )
}
