import type { Op } from './script-testing.ts'
import { type File, isState, type State, type Word } from './states-testing.ts'

/** What an edit may ask for beside the files. */
export interface Around {
  /** A word that was never there. */
  readonly word: () => Word
  /** The number of a file that was never there. */
  readonly file: () => number
  /** Files that were there before, the last one first. */
  readonly former: () => readonly (readonly [string, File])[]
  /** Words that a patch of the fork added. */
  readonly taken: (number: number) => ReadonlySet<Word>
}

/** The state after some edits; null where nothing came of them. */
export function edited(state: State, ops: readonly Op[], around: Around): State | null {
  let now: State = state
  for (const op of ops) {
    const next = editedOnce(now, op, around)
    if (next && isState(next)) now = next
  }
  return now === state ? null : now
}

function editedOnce(state: State, { kind, numbers }: Op, around: Around): State | null {
  const number = (at: number): number => numbers[at % numbers.length] ?? 0
  const ids = [...state.keys()]
  const id = ids[number(0) % ids.length] as string
  const file = state.get(id) as File
  const { words } = file
  const made = (count: number): readonly Word[] => Array.from({ length: count }, () => around.word())
  const withFile = (next: Partial<File>): State => new Map([...state, [id, { ...file, ...next }]])
  const cut = (count: number, by: readonly Word[]): State => {
    const at = number(1) % words.length
    return withFile({ words: [...words.slice(0, at), ...by, ...words.slice(at + count)] })
  }
  switch (kind) {
    case 'insert': {
      const at = number(1) % (words.length + 1)
      return withFile({ words: [...words.slice(0, at), ...made(1 + (number(2) % 3)), ...words.slice(at)] })
    }
    case 'replace':
      return cut(1 + (number(2) % 2), made(1 + (number(3) % 2)))
    case 'delete':
      return cut(1 + (number(2) % 2), [])
    case 'move': {
      const from = number(1) % words.length
      return moved(state, { id, from, count: 1 + (number(2) % 3) }, number)
    }
    case 'add-file': {
      const name = around.file()
      const path = number(1) % 3 === 0 ? `d/n${name}` : `n${name}`
      return new Map([...state, [`n${name}`, { path, words: made(2 + (number(2) % 4)) }]])
    }
    case 'delete-file':
      return new Map([...state].filter(([other]) => other !== id))
    case 'rename': {
      const to = withFile({ path: `${number(1) % 3 === 0 ? 'd/' : ''}r${around.file()}` })
      if (number(2) % 2 === 0) return to
      return editedOnce(to, { kind: 'replace', numbers: [number(0), ...numbers.slice(2)] }, around)
    }
    case 'restore': {
      const [gone] = around.former().filter(([former]) => !state.has(former))
      if (!gone) return null
      const own = number(1) % 2 === 0 ? [] : made(1)
      return new Map([...state, [gone[0], { ...gone[1], words: [...own, ...gone[1].words] }]])
    }
    case 'move-taken':
    case 'change-taken':
    case 'delete-taken':
      return editedTaken(state, { kind, numbers }, around)
  }
}

/** An edit of what a patch of the fork added. */
function editedTaken(state: State, { kind, numbers }: Op, around: Around): State | null {
  const number = (at: number): number => numbers[at % numbers.length] ?? 0
  const taken = around.taken(number(0))
  for (const [id, file] of state) {
    const from = file.words.findIndex((word) => taken.has(word))
    if (from === -1) continue
    let count = 1
    while (taken.has(file.words[from + count] ?? '')) count += 1
    if (kind === 'move-taken') return moved(state, { id, from, count }, number)
    const some = 1 + (number(2) % count)
    const by = kind === 'change-taken' ? [around.word()] : []
    const words = [...file.words.slice(0, from), ...by, ...file.words.slice(from + some)]
    return new Map([...state, [id, { ...file, words }]])
  }
  return null
}

interface Block {
  readonly id: string
  readonly from: number
  readonly count: number
}

/** Moves some words to another place of the file, or once in a while of another file. */
function moved(state: State, { id, from, count }: Block, number: (at: number) => number): State | null {
  const file = state.get(id) as File
  const block = file.words.slice(from, from + count)
  const rest = [...file.words.slice(0, from), ...file.words.slice(from + count)]
  const others = [...state.keys()].filter((other) => other !== id)
  const to = number(4) % 4 === 0 ? others[number(5) % Math.max(others.length, 1)] : undefined
  if (to === undefined) {
    const at = number(3) % (rest.length + 1)
    if (at === from) return null
    return new Map([...state, [id, { ...file, words: [...rest.slice(0, at), ...block, ...rest.slice(at)] }]])
  }
  const other = state.get(to) as File
  const at = number(3) % (other.words.length + 1)
  const words = [...other.words.slice(0, at), ...block, ...other.words.slice(at)]
  return new Map([...state, [id, { ...file, words: rest }], [to, { ...other, words }]])
}
