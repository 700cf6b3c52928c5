import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf, listOf, textOf } from './loose.ts'
import { defaultCandidate } from './schema.ts'

interface Pusher {
  readonly fork: string
  readonly line: string
  readonly template: string
}

/**
 * Finds candidates that would be a maintained branch or stand in its way, and lines that would push the same one.
 * Invariant: no tag that upstream may invent makes a candidate a maintained branch.
 */
export function candidateFaults(document: unknown): readonly LocatedFault[] {
  const takenBy = new Map<string, Pusher>()
  return entriesOf(fieldOf(document, 'forks')).flatMap(([name, fork]) => {
    const fault = (message: string): LocatedFault => ({
      kind: 'bad-ref',
      path: ['forks', name, 'publish', 'candidate'],
      at: 'value',
      message,
    })
    const pushers = pushersOf(name, fork)
    const found = pushers.flatMap(({ template }) => branchProblems(template, branchesOf(fork)))
    for (const pusher of pushers) {
      for (const url of targetUrls(fork)) {
        const key = `${url} ${pusher.template}`
        const other = takenBy.get(key)
        if (other) found.push(samePlace(pusher, other))
        else takenBy.set(key, pusher)
      }
    }
    return [...new Set(found)].map(fault)
  })
}

/** Each line of a fork with the candidates that it would push. */
function pushersOf(name: string, fork: unknown): readonly Pusher[] {
  const lines = fieldOf(fork, 'lines')
  const usual = defaultCandidate(lines === undefined ? 'one-line' : 'lines')
  const template = (textOf(fieldOf(fieldOf(fork, 'publish'), 'candidate')) ?? usual).replaceAll(
    '{fork}',
    name,
  )
  const first = fieldOf(fork, 'branch') === undefined ? [] : ['main']
  return [...new Set([...first, ...entriesOf(lines).map(([line]) => line)])].map((line) => {
    return { fork: name, line, template: template.replaceAll('{line}', line) }
  })
}

function branchesOf(fork: unknown): readonly string[] {
  const lines = entriesOf(fieldOf(fork, 'lines')).map(([, line]) => line)
  return [fork, ...lines].flatMap((each) => textOf(fieldOf(each, 'branch')) ?? [])
}

function branchProblems(template: string, branches: readonly string[]): readonly string[] {
  return branches.flatMap((branch) => {
    if (canBe(template, branch)) return ['some tag would make the candidate the maintained branch']
    return template.startsWith(`${branch}/`)
      ? ['Git keeps no branch below another: the candidate lies below the maintained branch']
      : []
  })
}

function samePlace(one: Pusher, other: Pusher): string {
  return one.fork === other.fork
    ? `the lines \`${other.line}\` and \`${one.line}\` push the same candidate; put {line} into it`
    : `the fork \`${other.fork}\` pushes the same candidate to the same repository`
}

/** Whether some tag could do it. Says yes too often for a template with two `{tag}`, never too seldom. */
function canBe(template: string, branch: string): boolean {
  const [first = '', ...rest] = template.split('{tag}')
  const last = rest.at(-1) ?? ''
  return branch.length > first.length + last.length && branch.startsWith(first) && branch.endsWith(last)
}

function targetUrls(fork: unknown): ReadonlySet<string> {
  const to = fieldOf(fieldOf(fork, 'publish'), 'to')
  const remotes = entriesOf(fieldOf(fork, 'remotes')).filter(
    ([name]) => to === undefined || listOf(to).includes(name),
  )
  const urls = remotes.map(([, remote]) => textOf(remote) ?? textOf(fieldOf(remote, 'url')))
  return new Set(urls.filter((url) => url !== null))
}
