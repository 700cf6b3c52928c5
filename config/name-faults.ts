import { nameFault } from './fields.ts'
import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf } from './loose.ts'
import type { Path } from './source-map.ts'

/** Which names of upstreams, forks and remotes cannot be taken. */
export function nameFaults(document: unknown): readonly LocatedFault[] {
  const upstreams = fieldOf(document, 'upstreams')
  const forks = fieldOf(document, 'forks')
  return [
    ...keyFaults(upstreams, ['upstreams']),
    ...keyFaults(forks, ['forks']),
    ...entriesOf(forks).flatMap(([name, fork]) =>
      keyFaults(fieldOf(fork, 'remotes'), ['forks', name, 'remotes']),
    ),
  ]
}

function keyFaults(mapping: unknown, path: Path): readonly LocatedFault[] {
  return entriesOf(mapping).flatMap(([name]) => {
    const fault = nameFault(name)
    return fault ? [{ ...fault, path: [...path, name], at: 'key' as const }] : []
  })
}
