import { UndriftError } from '../domain/errors.ts'
import type { Remote, SecretName } from '../domain/settings.ts'
import type { RemoteAccess } from '../git/types.ts'
import type { ActivityDeps } from './deps.ts'

/** A remote with the secret that its config names. Throws UNDRIFT_E_SECRET when this worker has no such secret. */
export function accessTo(remote: Remote, deps: Pick<ActivityDeps, 'env'>): RemoteAccess {
  return { remote, secret: remote.token === null ? null : lookUp(remote.token, remote.name, deps.env) }
}

function lookUp(name: SecretName, remote: string, env: ActivityDeps['env']): string {
  const variable = name.slice('env:'.length)
  const secret = env[variable]
  if (secret) return secret
  throw new UndriftError(
    'UNDRIFT_E_SECRET',
    `The remote ${remote} needs ${name}, which is not set on this worker.`,
  )
}
