import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf, textOf } from './loose.ts'
import { mergeTags } from './merge-tags.ts'
import type { Path } from './source-map.ts'
import { rulesProblem } from './tag-rules.ts'

/** What the lines of a fork say about each other, and about the rules above them. */
export function lineFaults(document: unknown): readonly LocatedFault[] {
  return entriesOf(fieldOf(document, 'forks')).flatMap(([name, fork]) => {
    const upstream = fieldOf(fieldOf(document, 'upstreams'), textOf(fieldOf(fork, 'upstream')) ?? '')
    return [...branchFaults(fork, ['forks', name]), ...rangeFaults(fork, ['forks', name], upstream)]
  })
}

function branchFaults(fork: unknown, path: Path): readonly LocatedFault[] {
  const main = fieldOf(fork, 'branch')
  const lines = entriesOf(fieldOf(fork, 'lines'))
  if (main === undefined && lines.length === 0) return [missingBranch(path)]
  const taken = new Map<string, string>()
  const first = textOf(main)
  if (first !== null) taken.set(first, 'main')
  return lines.flatMap(([line, entry]): readonly LocatedFault[] => {
    const faults: LocatedFault[] = []
    if (main !== undefined && line === 'main') {
      const message = 'this line is the `branch` of the fork already'
      faults.push({ kind: 'duplicate', path: [...path, 'lines', line], at: 'key', message })
    }
    const branch = textOf(fieldOf(entry, 'branch'))
    if (branch === null) return faults
    const at = { path: [...path, 'lines', line, 'branch'], at: 'value' } as const
    const other = taken.get(branch)
    const near = [...taken.keys()].find(
      (each) => each.startsWith(`${branch}/`) || branch.startsWith(`${each}/`),
    )
    if (other !== undefined) {
      faults.push({ ...at, kind: 'duplicate', message: `the line \`${other}\` has the same branch` })
    } else if (near !== undefined) {
      faults.push({
        ...at,
        kind: 'bad-ref',
        message: `Git keeps no branch below another: see the line \`${taken.get(near)}\``,
      })
    } else taken.set(branch, line)
    return faults
  })
}

function missingBranch(path: Path): LocatedFault {
  return {
    kind: 'missing',
    path: [...path, 'branch'],
    at: 'value',
    message: '`branch` is missing',
    expected: 'text, such as `main`, or `lines`',
  }
}

/** A range that each part takes by itself, and that the scheme of another part cannot read. */
function rangeFaults(fork: unknown, path: Path, upstream: unknown): readonly LocatedFault[] {
  const places: readonly (readonly [Path, unknown])[] = [
    [path, fork],
    ...entriesOf(fieldOf(fork, 'lines')).map(([line, entry]) => [[...path, 'lines', line], entry] as const),
  ]
  return places.flatMap(([place, entry]) => {
    const own = textRules(fieldOf(entry, 'tags'))
    if (own.range === undefined && own.scheme === undefined) return []
    const above = [upstream, ...(entry === fork ? [] : [fork])].map((each) =>
      textRules(fieldOf(each, 'tags')),
    )
    const { range, scheme } = mergeTags({ prefix: '', prereleases: false }, ...above, own)
    if (range === undefined || scheme === undefined) return []
    const alone = rulesProblem({ range }) ?? rulesProblem({ scheme })
    const message = alone === null ? rulesProblem({ range, scheme }) : null
    const key = own.range === undefined ? 'scheme' : 'range'
    return message === null
      ? []
      : [{ kind: 'bad-value', path: [...place, 'tags', key], at: 'value', message }]
  })
}

function textRules(tags: unknown): { readonly range?: string; readonly scheme?: string } {
  const [range, scheme] = [textOf(fieldOf(tags, 'range')), textOf(fieldOf(tags, 'scheme'))]
  return { ...(range === null ? {} : { range }), ...(scheme === null ? {} : { scheme }) }
}
