import type { Commit, History } from './history-testing.ts'
import { hunksOf, type State } from './states-testing.ts'

/** A history as lines that a person can replay by hand: the first files, then what each commit does. */
export function describeHistory({ commits, head, onto, tags, branches }: History): readonly string[] {
  const marks = (number: number): string =>
    [
      ...(number === head ? ['FORK'] : []),
      ...(number === onto ? ['TARGET'] : []),
      ...(tags.includes(number) ? ['upstream tag'] : []),
      ...(branches.includes(number) ? ['upstream main'] : []),
    ]
      .map((mark) => ` <- ${mark}`)
      .join('')
  return commits.flatMap((commit) => {
    const { number, parents, subject, how, by, tookIn } = commit
    const on = parents.length === 0 ? '' : ` on ${parents.map((parent) => `#${parent}`).join(' and ')}`
    const took = tookIn ? `, takes in upstream #${tookIn.to} (stood on #${tookIn.from})` : ''
    const title = `#${number} ${by}${on}: "${subject}" (${how}${took})${marks(number)}`
    return [title, ...changesOf(commit, commits).map((line) => `    ${line}`)]
  })
}

function changesOf({ state, parents }: Commit, commits: readonly Commit[]): readonly string[] {
  const [parent] = parents
  if (parent === undefined) return [...state.values()].map(({ path, words }) => `${path}: ${words.join(' ')}`)
  return stateChanges(commits[parent]?.state ?? new Map(), state)
}

/** What changes between two states, a line a place. */
function stateChanges(before: State, after: State): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((id) => {
    const [was, now] = [before.get(id), after.get(id)]
    if (was && !now) return [`${was.path}: deleted (${was.words.join(' ')})`]
    if (!was && now) return [`${now.path}: new: ${now.words.join(' ')}`]
    if (!was || !now) return []
    const renamed = was.path === now.path ? [] : [`${was.path}: renamed to ${now.path}`]
    const hunks = hunksOf(was.words, now.words).map(({ from, to, words }) => {
      const old = was.words.slice(from, to).join(' ')
      const around = from === 0 ? 'at the top' : `after ${was.words[from - 1]}`
      return `${now.path} ${around}: ${old === '' ? '' : `-[${old}] `}${words.length === 0 ? '' : `+[${words.join(' ')}]`}`
    })
    return [...renamed, ...hunks]
  })
}
