import { nearest } from '../../config/nearest.ts'
import { UndriftError } from '../../domain/errors.ts'
import { type Role, roles } from '../../domain/queues.ts'

/** A port as it was typed; UNDRIFT_E_USAGE for anything else. */
export function toPort(option: string, value: unknown): string {
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : 0
  if (port >= 1 && port <= 65_535) return String(port)
  throw new UndriftError('UNDRIFT_E_USAGE', `${option} takes a port, not \`${String(value)}\`.`, {
    hint: 'A port is a number from 1 to 65535.',
  })
}

/** The roles of `--role control,git,verify`, each once; all of them when it is left out. */
export function toRoles(value: unknown): readonly Role[] {
  if (value === undefined) return roles
  const words = String(value)
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const unknown = words.find((word) => !roles.some((role) => role === word))
  if (unknown === undefined && words.length > 0) return roles.filter((role) => words.includes(role))
  const near = nearest(unknown ?? '', roles)
  throw new UndriftError('UNDRIFT_E_USAGE', `There is no role \`${unknown ?? ''}\`.`, {
    hint: near === null ? `The roles are: ${roles.join(', ')}.` : `Did you mean \`${near}\`?`,
  })
}
