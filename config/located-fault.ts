import type { Fault } from './fault.ts'
import type { Path } from './source-map.ts'

/** A fault and where it is: at a value, or at the key that leads there. */
export interface LocatedFault extends Fault {
  readonly path: Path
  readonly at: 'key' | 'value'
}
