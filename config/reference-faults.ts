import type { Fault } from './fault.ts'
import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf, listOf, textOf } from './loose.ts'
import { nearest } from './nearest.ts'
import type { Path } from './source-map.ts'

/** What the parts of a document say about each other. Works on a document that the schema refuses, too. */
export function referenceFaults(document: unknown): readonly LocatedFault[] {
  const upstreams = entriesOf(fieldOf(document, 'upstreams')).map(([name]) => name)
  const forks = entriesOf(fieldOf(document, 'forks'))
  const allow = listOf(fieldOf(fieldOf(document, 'network'), 'allow')).filter(
    (entry) => typeof entry === 'string',
  )
  return [
    ...forks.flatMap(([name, fork]) => [
      ...upstreamFaults(fork, ['forks', name], upstreams),
      ...remoteFaults(fork, ['forks', name]),
      ...targetFaults(fork, ['forks', name]),
    ]),
    ...repeated(allow, (index) => ['network', 'allow', index], 'this entry stands here twice'),
  ]
}

function upstreamFaults(fork: unknown, path: Path, known: readonly string[]): readonly LocatedFault[] {
  const named = textOf(fieldOf(fork, 'upstream'))
  if (named === null || known.includes(named)) return []
  return [unknownName('upstream', named, known, [...path, 'upstream'])]
}

function remoteFaults(fork: unknown, path: Path): readonly LocatedFault[] {
  const remotes = entriesOf(fieldOf(fork, 'remotes'))
  const urls = remotes.map(([, remote]) => urlOf(remote) ?? '')
  return repeated(
    urls,
    (index) => [...path, 'remotes', remotes[index]?.[0] ?? ''],
    'another remote of this fork has the same URL',
  )
}

function targetFaults(fork: unknown, path: Path): readonly LocatedFault[] {
  const remotes = entriesOf(fieldOf(fork, 'remotes')).map(([name]) => name)
  const to = listOf(fieldOf(fieldOf(fork, 'publish'), 'to')).map((name) => textOf(name) ?? '')
  const place = (index: number): Path => [...path, 'publish', 'to', index]
  return [
    ...to.flatMap((name, index) =>
      name === '' || remotes.includes(name) ? [] : [unknownName('remote', name, remotes, place(index))],
    ),
    ...repeated(to, place, 'this remote stands here twice'),
  ]
}

function repeated(
  values: readonly string[],
  place: (index: number) => Path,
  message: string,
): readonly LocatedFault[] {
  return values.flatMap((value, index) =>
    value !== '' && values.indexOf(value) < index ? [at(place(index), { kind: 'duplicate', message })] : [],
  )
}

function unknownName(what: string, name: string, known: readonly string[], path: Path): LocatedFault {
  const near = nearest(name, known)
  return at(path, {
    kind: 'unknown-reference',
    message: `there is no such ${what}`,
    ...(known.length > 0 ? { expected: known.map((other) => `\`${other}\``).join(', ') } : {}),
    ...(near ? { hint: `Did you mean \`${near}\`?` } : {}),
  })
}

function urlOf(repository: unknown): string | null {
  return textOf(repository) ?? textOf(fieldOf(repository, 'url'))
}

function at(path: Path, fault: Fault): LocatedFault {
  return { ...fault, path, at: 'value' }
}
