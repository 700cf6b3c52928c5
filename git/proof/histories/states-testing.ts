/** A word that stands alone on a line. No word stands twice in one state. */
export type Word = string

/** A file with its name at the time; renamed, it is still the same file. */
export interface File {
  readonly path: string
  readonly words: readonly Word[]
}

/** All files of one commit, by an id that a file keeps when it is renamed. */
export type State = ReadonlyMap<string, File>

/** Where two lists differ: words from `from` to `to` of the first became `words`. */
export interface Hunk {
  readonly from: number
  readonly to: number
  readonly words: readonly Word[]
}

/** The common words of two lists that stand in the same order in both, as pairs of places. */
function matches(one: readonly Word[], two: readonly Word[]): readonly (readonly [number, number])[] {
  const longest = Array.from({ length: one.length + 1 }, () => new Array<number>(two.length + 1).fill(0))
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0
  for (let i = one.length - 1; i >= 0; i -= 1) {
    const row = longest[i] as number[]
    for (let j = two.length - 1; j >= 0; j -= 1)
      row[j] = one[i] === two[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  }
  const pairs: (readonly [number, number])[] = []
  let [i, j] = [0, 0]
  while (i < one.length && j < two.length) {
    if (one[i] === two[j]) {
      pairs.push([i, j])
      i += 1
      j += 1
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1
    else j += 1
  }
  return pairs
}

/** What makes the second list of the first. */
export function hunksOf(one: readonly Word[], two: readonly Word[]): readonly Hunk[] {
  const hunks: Hunk[] = []
  let [i, j] = [0, 0]
  for (const [left, right] of [...matches(one, two), [one.length, two.length] as const]) {
    if (left > i || right > j) hunks.push({ from: i, to: left, words: two.slice(j, right) })
    i = left + 1
    j = right + 1
  }
  return hunks
}

/** The list with some of the hunks applied. */
export function withHunks(words: readonly Word[], hunks: readonly Hunk[]): readonly Word[] {
  const result: Word[] = []
  let at = 0
  for (const hunk of hunks) {
    result.push(...words.slice(at, hunk.from), ...hunk.words)
    at = hunk.to
  }
  return [...result, ...words.slice(at)]
}

/** What a person does where both sides changed the same place. */
export type Settling = 'ours' | 'theirs' | 'both' | { readonly by: () => Word }

/** A merge of two changes, and whether they met. */
export interface Merged<T> {
  readonly result: T
  readonly met: boolean
}

/** Merges two lists as a person would: what only one side changed is taken, and where both did, the person settles it. */
export function mergeWords(
  base: readonly Word[],
  sides: { readonly ours: readonly Word[]; readonly theirs: readonly Word[] },
  settling: Settling,
): Merged<readonly Word[]> {
  const { ours, theirs } = sides
  const left = new Map(matches(base, ours))
  const right = new Map(matches(base, theirs))
  const result: Word[] = []
  let met = false
  let [b, o, t] = [0, 0, 0]
  const chunk = (toBase: number, toOurs: number, toTheirs: number): void => {
    const was = base.slice(b, toBase)
    const [mine, yours] = [ours.slice(o, toOurs), theirs.slice(t, toTheirs)]
    if (isSame(mine, yours) || isSame(was, yours)) result.push(...mine)
    else if (isSame(was, mine)) result.push(...yours)
    else {
      met = true
      if (settling === 'ours') result.push(...mine)
      else if (settling === 'theirs') result.push(...yours)
      else if (settling === 'both') result.push(...new Set([...mine, ...yours]))
      else result.push(settling.by())
    }
  }
  for (let at = 0; at <= base.length; at += 1) {
    const [inOurs, inTheirs] =
      at === base.length ? [ours.length, theirs.length] : [left.get(at), right.get(at)]
    if (inOurs === undefined || inTheirs === undefined) continue
    chunk(at, inOurs, inTheirs)
    if (at < base.length) result.push(base[at] as Word)
    ;[b, o, t] = [at + 1, inOurs + 1, inTheirs + 1]
  }
  return { result, met }
}

function isSame(one: readonly Word[], two: readonly Word[]): boolean {
  return one.length === two.length && one.every((word, index) => word === two[index])
}

/** Whether two files are the same in name and content; two that do not exist are. */
function isSameFile(one: File | undefined, two: File | undefined): boolean {
  if (!one || !two) return one === two
  return one.path === two.path && isSame(one.words, two.words)
}

/** Merges two states file by file; null where what comes out is no state. */
export function mergeStates(
  base: State,
  sides: { readonly ours: State; readonly theirs: State },
  settling: Settling,
): Merged<State> | null {
  const result = new Map<string, File>()
  let met = false
  for (const id of new Set([...sides.ours.keys(), ...sides.theirs.keys()])) {
    const [was, mine, yours] = [base.get(id), sides.ours.get(id), sides.theirs.get(id)]
    let file: File | undefined
    if (isSameFile(mine, yours) || isSameFile(was, yours)) file = mine
    else if (isSameFile(was, mine)) file = yours
    else if (mine && yours) {
      const words = mergeWords(was?.words ?? [], { ours: mine.words, theirs: yours.words }, settling)
      const path = mine.path === was?.path ? yours.path : mine.path
      met ||= words.met || (mine.path !== yours.path && ![mine.path, yours.path].includes(was?.path ?? ''))
      file = { path, words: words.result }
    } else {
      met = true
      file = settling === 'theirs' ? yours : mine
    }
    if (file) result.set(id, file)
  }
  return isState(result) ? { result, met } : null
}

/** Whether no name and no word stands twice, and every file has a word. */
export function isState(state: State): boolean {
  const files = [...state.values()]
  const words = files.flatMap((file) => file.words)
  return (
    new Set(words).size === words.length &&
    new Set(files.map((file) => file.path)).size === files.length &&
    files.length > 0 &&
    files.every((file) => file.words.length > 0)
  )
}

/** Whether two states have the same files. */
export function isSameState(one: State, two: State): boolean {
  return one.size === two.size && [...one].every(([id, file]) => isSameFile(file, two.get(id)))
}

/** All words of a state. */
export function wordsOf(state: State): ReadonlySet<Word> {
  return new Set([...state.values()].flatMap((file) => file.words))
}

/** Words that a step adds, removes or moves, whichever file they stand in. */
export function touchedWords(before: State, after: State): ReadonlySet<Word> {
  const touched = new Set<Word>()
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, now] = [before.get(id)?.words ?? [], after.get(id)?.words ?? []]
    for (const hunk of hunksOf(was, now))
      for (const word of [...was.slice(hunk.from, hunk.to), ...hunk.words]) touched.add(word)
  }
  return touched
}
