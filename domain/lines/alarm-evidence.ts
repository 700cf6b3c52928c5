import { byteLength } from '../byte-length.ts'
import type { MovedTag } from '../watch.ts'

/** Bytes of JSON that the evidence of all alarms of a watch takes together, at most. */
const mostBytes = 5_000

/** What was found out about a tag that moved. */
export type ShownMove = Pick<MovedTag, 'tag' | 'at'> & Required<Pick<MovedTag, 'evidence'>>

/** The alarms with what was found out of them; what is about an alarm that no longer stands is dropped. */
export function withEvidence(alarms: readonly MovedTag[], shown: readonly ShownMove[]): readonly MovedTag[] {
  const found = new Map(shown.map((one) => [keyOf(one), one.evidence]))
  return boundEvidence(
    alarms.map((alarm) => {
      const evidence = alarm.evidence ?? found.get(keyOf(alarm))
      return evidence === undefined ? alarm : { ...alarm, evidence }
    }),
  )
}

/** The evidence of alarms, for `withEvidence`. */
export function shownMoves(alarms: readonly MovedTag[]): readonly ShownMove[] {
  return alarms.flatMap(({ tag, at, evidence }) => (evidence === undefined ? [] : [{ tag, at, evidence }]))
}

/** The same alarms without it. */
export function withoutEvidence(alarms: readonly MovedTag[]): readonly MovedTag[] {
  return alarms.map(({ evidence: _, ...alarm }) => alarm)
}

/** Cuts what there is to say of all alarms to what may be kept, each to the same share; the heads stay. */
export function boundEvidence(alarms: readonly MovedTag[]): readonly MovedTag[] {
  const shown = shownMoves(alarms)
  if (weight(shown.map(({ evidence }) => evidence)) <= mostBytes) return alarms
  const share = Math.floor(mostBytes / shown.length)
  return alarms.map((alarm) =>
    alarm.evidence === undefined ? alarm : { ...alarm, evidence: head(alarm.evidence, share) },
  )
}

const more = '  …'

function head(lines: readonly string[], bytes: number): readonly string[] {
  if (weight(lines) <= bytes) return lines
  let left = bytes - weight([more])
  const cut = lines.findIndex((line) => {
    left -= weight(line) + 1
    return left < 0
  })
  return [...lines.slice(0, cut), more]
}

function keyOf({ tag, at }: Pick<MovedTag, 'tag' | 'at'>): string {
  return `${tag} ${at}`
}

function weight(value: unknown): number {
  return byteLength(JSON.stringify(value))
}
