import { UndriftError } from '../domain/errors.ts'
import type { Remote } from '../domain/settings.ts'
import type { RemoteAccess } from '../git/types.ts'

/** A remote with the secret that its config names. Throws UNDRIFT_E_SECRET where this shell has no such secret. */
export function accessTo(remote: Remote, env: NodeJS.ProcessEnv): RemoteAccess {
  if (remote.token === null) return { remote, secret: null }
  const secret = env[remote.token.slice('env:'.length)]
  if (secret) return { remote, secret }
  throw new UndriftError(
    'UNDRIFT_E_SECRET',
    `The remote ${remote.name} needs ${remote.token}, which is not set here.`,
    {
      hint: 'Set it in this shell, or run this command on the worker whose data folder holds the mirror.',
    },
  )
}
