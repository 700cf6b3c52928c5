import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf, listOf, textOf } from './loose.ts'
import { defaultCandidate } from './schema.ts'

/**
 * Finds candidates that would be the maintained branch or stand in its way, and forks that would push the same one.
 * Invariant: no tag that upstream may invent makes the candidate the maintained branch.
 */
export function candidateFaults(document: unknown): readonly LocatedFault[] {
  const forks = entriesOf(fieldOf(document, 'forks'))
  const takenBy = new Map<string, string>()
  return forks.flatMap(([name, fork]) => {
    const branch = textOf(fieldOf(fork, 'branch'))
    const template = (textOf(fieldOf(fieldOf(fork, 'publish'), 'candidate')) ?? defaultCandidate)
      .replaceAll('{fork}', name)
      .replaceAll('{line}', 'main')
    const fault = (message: string): LocatedFault => ({
      kind: 'bad-ref',
      path: ['forks', name, 'publish', 'candidate'],
      at: 'value',
      message,
    })
    const faults: LocatedFault[] = []
    if (branch !== null && canBe(template, branch)) {
      faults.push(fault('some tag would make the candidate the maintained branch'))
    } else if (branch !== null && template.startsWith(`${branch}/`)) {
      faults.push(fault('Git keeps no branch below another: the candidate lies below the maintained branch'))
    }
    for (const url of targetUrls(fork)) {
      const other = takenBy.get(`${url} ${template}`)
      if (other) faults.push(fault(`the fork \`${other}\` pushes the same candidate to the same repository`))
      else takenBy.set(`${url} ${template}`, name)
    }
    return faults
  })
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
