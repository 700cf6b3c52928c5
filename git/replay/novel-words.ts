import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { TwoTrees } from './arrivals.ts'
import type { Workshop } from './workshop.ts'

/** Words that a change brings and words that it takes away; what it only moves says nothing. */
export interface NovelWords {
  readonly added: ReadonlyMap<string, number>
  readonly removed: ReadonlyMap<string, number>
}

/**
 * The novel words of a change in some paths, by counting both sides of each file: the lines that stay cancel out, so
 * that no diff has to be made, nor kept.
 */
export async function novelWords(
  workshop: Workshop,
  change: TwoTrees,
  paths: ReadonlySet<Bytes>,
): Promise<NovelWords> {
  const balance = new Map<string, number>()
  for (const { path, before, after } of await workshop.trees.compare(change.before, change.after)) {
    if (!paths.has(path)) continue
    const [old, now] = [await textOf(workshop, before), await textOf(workshop, after)]
    // Git shows no lines of what is binary on either side.
    if (old === null || now === null) continue
    for (const [line, count] of lineBalance(old, now)) {
      for (const word of line.match(/[\w\x80-\xff]+/g) ?? [])
        balance.set(word, (balance.get(word) ?? 0) + count)
    }
  }
  const added = new Map([...balance].filter(([, count]) => count > 0))
  const removed = new Map([...balance].flatMap(([word, count]) => (count < 0 ? [[word, -count]] : [])))
  return { added, removed }
}

/** Git looks so far into a file for a NUL. */
const looked = 8_000

/** The text of a file, empty where there is none; null for what is binary. */
async function textOf({ quarantine }: Workshop, entry: Entry): Promise<Bytes | null> {
  if (entry === null) return ''
  if (entry.mode === '160000') return `Subproject commit ${entry.oid}`
  const text = toBytes((await quarantine.objects.read(entry.oid)).body)
  return text.slice(0, looked).includes('\0') ? null : text
}

/** How much oftener each line stands in the second text than in the first; lines that stand as often are left out. */
function lineBalance(old: Bytes, now: Bytes): ReadonlyMap<Bytes, number> {
  const shortest = Math.min(old.length, now.length)
  let start = 0
  while (start < shortest && old.charCodeAt(start) === now.charCodeAt(start)) start += 1
  // What both begin and end with need not be cut into lines.
  start = start === 0 ? 0 : old.lastIndexOf('\n', start - 1) + 1
  let end = 0
  const most = shortest - start
  while (end < most && old.charCodeAt(old.length - 1 - end) === now.charCodeAt(now.length - 1 - end)) end += 1
  const rest = old.indexOf('\n', old.length - end)
  end = rest === -1 || end === 0 ? 0 : old.length - rest - 1
  const balance = new Map<Bytes, number>()
  const count = (text: Bytes, step: number): void => {
    for (const line of text.split('\n')) balance.set(line, (balance.get(line) ?? 0) + step)
  }
  count(old.slice(start, old.length - end), -1)
  count(now.slice(start, now.length - end), 1)
  for (const [line, sum] of balance) if (sum === 0) balance.delete(line)
  return balance
}
