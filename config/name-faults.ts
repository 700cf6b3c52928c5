import { nameFault } from './fields.ts'
import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf } from './loose.ts'
import type { Path } from './source-map.ts'

/** Which names of upstreams, forks, remotes and lines cannot be taken. */
export function nameFaults(document: unknown): readonly LocatedFault[] {
  const upstreams = fieldOf(document, 'upstreams')
  const forks = fieldOf(document, 'forks')
  return [
    ...keyFaults(upstreams, ['upstreams']),
    ...keyFaults(forks, ['forks']),
    ...entriesOf(forks).flatMap(([name, fork]) =>
      ['remotes', 'lines'].flatMap((key) => keyFaults(fieldOf(fork, key), ['forks', name, key])),
    ),
  ]
}

function keyFaults(mapping: unknown, path: Path): readonly LocatedFault[] {
  return entriesOf(mapping).flatMap(([name]) => {
    const fault = nameFault(name)
    return fault ? [{ ...fault, path: [...path, name], at: 'key' as const }] : []
  })
}
