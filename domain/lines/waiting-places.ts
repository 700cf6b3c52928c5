import type { LineTurn } from './line-turn.ts'

/** Most releases that lines wait with at one time; each is remembered with its time and its pin. */
const mostWaiting = 40

/**
 * Which of the waiting releases can be remembered. Those that are have their place for good; the others get theirs by
 * turns, the next release of each line first, so that no line can crowd out another.
 */
export function grantPlaces(
  turns: readonly Pick<LineTurn, 'after'>[],
  remembered: readonly string[],
): ReadonlySet<string> {
  const wanted = new Set(turns.flatMap(({ after }) => after.waiting))
  const places = new Set(remembered.filter((tag) => wanted.has(tag)))
  const deepest = turns.reduce((most, { after }) => Math.max(most, after.waiting.length), 0)
  for (let rank = 0; rank < deepest && places.size < mostWaiting; rank++) {
    for (const { after } of turns) {
      const tag = after.waiting[rank]
      if (tag !== undefined && places.size < mostWaiting) places.add(tag)
    }
  }
  return places
}

/** As many of a line's waiting releases as come before the first that has no place: their order is kept. */
export function keepPlaced(waiting: readonly string[], places: ReadonlySet<string>): readonly string[] {
  const cut = waiting.findIndex((tag) => !places.has(tag))
  return cut === -1 ? waiting : waiting.slice(0, cut)
}
