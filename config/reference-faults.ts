import type { Fault } from './fault.ts'
import { webHost } from './git-url.ts'
import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf, listOf, textOf } from './loose.ts'
import { nearest } from './nearest.ts'
import { hostAllowed } from './network.ts'
import type { Path } from './source-map.ts'

/** What the parts of a document say about each other. Works on a document that the schema refuses, too. */
export function referenceFaults(document: unknown): readonly LocatedFault[] {
  const upstreams = entriesOf(fieldOf(document, 'upstreams'))
  const forks = entriesOf(fieldOf(document, 'forks'))
  const allow = listOf(fieldOf(fieldOf(document, 'network'), 'allow')).filter(
    (entry) => typeof entry === 'string',
  )
  return [
    ...upstreams.flatMap(([name, upstream]) =>
      repositoryFaults(fieldOf(upstream, 'git'), ['upstreams', name, 'git'], allow),
    ),
    ...forks.flatMap(([name, fork]) => [
      ...upstreamFaults(
        fork,
        ['forks', name],
        upstreams.map(([known]) => known),
      ),
      ...remoteFaults(fork, ['forks', name], allow),
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

function remoteFaults(fork: unknown, path: Path, allow: readonly string[]): readonly LocatedFault[] {
  const remotes = entriesOf(fieldOf(fork, 'remotes'))
  const urls = remotes.map(([, remote]) => urlOf(remote) ?? '')
  return [
    ...remotes.flatMap(([name, remote]) => repositoryFaults(remote, [...path, 'remotes', name], allow)),
    ...repeated(
      urls,
      (index) => [...path, 'remotes', remotes[index]?.[0] ?? ''],
      'another remote of this fork has the same URL',
    ),
  ]
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

function repositoryFaults(
  repository: unknown,
  path: Path,
  allow: readonly string[],
): readonly LocatedFault[] {
  const url = urlOf(repository)
  if (url === null) return []
  const inner = typeof repository === 'string' ? path : [...path, 'url']
  const web = webHost(url)
  if (web?.scheme !== 'http' || hostAllowed(web.host, allow)) return []
  return [
    at(inner, {
      kind: 'bad-url',
      message: 'plain http neither proves nor hides what it carries',
      expected: 'https, or the host in `network.allow`',
    }),
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
