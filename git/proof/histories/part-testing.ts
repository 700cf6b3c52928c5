import type { Step } from './script-testing.ts'
import { hunksOf, type State, withHunks } from './states-testing.ts'

/** A part of what a patch does. */
export function partOf(before: State, after: State, step: Extract<Step, { kind: 'take' }>): State {
  if (step.part === 'whole') return after
  const ids = [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) => before.get(id) !== after.get(id),
  )
  const some = new Map(after)
  const chosen = ids[step.number % Math.max(ids.length, 1)]
  for (const id of ids) {
    const [was, now] = [before.get(id), after.get(id)]
    if (step.part === 'file' && id !== chosen) {
      if (was) some.set(id, was)
      else some.delete(id)
    }
    if (step.part === 'file' || !was || !now) continue
    const hunks = hunksOf(was.words, now.words)
    const kept =
      step.part === 'hunk'
        ? hunks.filter((_, index) => index === step.number % hunks.length)
        : hunks.map((hunk) => ({ ...hunk, words: hunk.words.slice(0, Math.max(1, hunk.words.length - 1)) }))
    some.set(id, { ...now, words: withHunks(was.words, kept) })
  }
  return some
}
