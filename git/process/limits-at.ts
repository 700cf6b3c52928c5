import { defaultLimits, type Limits } from '../../domain/limits.ts'
import type { Place } from './command.ts'

/** The limits of a place; the defaults where it has none. */
export function limitsAt(place: Place): Limits {
  return ('path' in place ? place.limits : undefined) ?? defaultLimits
}
