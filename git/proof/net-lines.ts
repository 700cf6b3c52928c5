import type { Bytes } from '../objects/bytes.ts'
import { changedLines, type Diff } from '../replay/differ.ts'
import { saysSomething } from './line-counts.ts'

/** By line, how many more of it a change leaves: below 0 where it takes lines away. What it only moves is not there. */
export type NetLines = ReadonlyMap<Bytes, number>

/** The lines that a diff adds and removes in the end, over all its files; only those that say something. */
export function netLines(diff: Diff): NetLines {
  const net = new Map<Bytes, number>()
  for (const { text } of diff) {
    for (const line of changedLines(text)) {
      const step = line.startsWith('+') ? 1 : line.startsWith('-') ? -1 : 0
      const content = line.slice(1)
      if (step !== 0 && saysSomething(content)) net.set(content, (net.get(content) ?? 0) + step)
    }
  }
  return new Map([...net].filter(([, count]) => count !== 0))
}
