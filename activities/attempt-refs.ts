import { refSegment } from '../domain/ids.ts'
import type { StepInput } from './types.ts'

/** Where the mirror keeps what an attempt has made: names per fork, line and tag, so that attempts never meet. */
export function attemptRef(input: StepInput, part: 'head' | 'notes' | `pushed/${string}`): string {
  const { name, line } = input.settings.fork
  return `refs/attempts/${name}/${line}/${refSegment(input.tag)}/${part}`
}
