import type { Oid } from '../../domain/patch.ts'
import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Suspect } from '../types.ts'
import { addLines, isText, saysSomething } from './line-counts.ts'
import { checkSameFiles } from './same-files.ts'

/** Whole states: what the fork stood on, the target, the fork's head, and what the replay made of it. */
export interface States {
  readonly base: Oid
  readonly target: Oid
  readonly head: Oid
  readonly result: Oid
}

const sides = ['base', 'target', 'head', 'result'] as const
type Side = (typeof sides)[number]

/** One line that is not in the result as often as both sides together say. */
export interface Finding {
  readonly line: Bytes
  readonly kind: Exclude<Suspect['kind'], 'left-out'>
  /** A path of the fork in which it stands, or stood. */
  readonly path: Bytes
  /** Whether the fork's head has it. */
  readonly isInHead: boolean
  /** Whether the target has it, in the files that were looked at. */
  readonly isInTarget: boolean
  /** Set where it stands in a file that only upstream changed. */
  readonly isElsewhere?: boolean
}

/** How often a line stands in the files that were looked at, on each side. */
type Tally = Record<Side, number> & { readonly path: Bytes }

/** A file of more bytes than this is data. */
const largestFile = 4 << 20

export interface ContentOptions {
  /** The tree of each patch, as the fork has it. */
  readonly steps: readonly Oid[]
  /** Files that a person, a remembered resolution or a command settled: their content is the account. */
  readonly settled: ReadonlySet<Bytes>
  /** Whether an upstream commit between base and target touched a path, even if nothing of it is left. */
  readonly touched: (path: Bytes) => Promise<boolean>
}

/**
 * Compares four trees line by line, with no word from the replay: a line that only one side added is there, one that
 * either side removed is gone, and what stood once on both sides does not stand twice. It looks at lines that say
 * something and stand at most once on each side: of others no count proves anything. All files that the fork or the
 * replay changed count together, so that a line may move between them.
 */
export async function checkContent(
  workshop: Workshop,
  states: States,
  options: ContentOptions,
): Promise<readonly Finding[]> {
  const { trees } = workshop
  const [ours, made] = await Promise.all([
    trees.compare(states.base, states.head),
    trees.compare(states.target, states.result),
  ])
  const paths = [...new Set([...ours, ...made].map(({ path }) => path))]
  const tallies = new Map<Bytes, Tally>()
  const settled = new Set<Bytes>()
  for (const path of paths) {
    const texts = await textsAt(workshop, states, { path, touched: options.touched })
    if (texts !== null) tally(tallies, path, texts)
    if (texts === null || !options.settled.has(path)) continue
    for (const side of sides) for (const line of texts[side].split('\n')) settled.add(line)
  }
  const open = [...tallies].filter(([line]) => saysSomething(line) && !settled.has(line))
  const findings = open.flatMap(([line, counted]) => {
    const kind = judge(counted)
    return kind === null ? [] : [{ line, kind, ...whereOf(counted) }]
  })
  const moved = await checkElsewhere(workshop, states, { tallies: new Map(open), paths: new Set(paths) })
  const fork = { changes: ours, steps: options.steps }
  const alike = (await checkSameFiles(workshop, states, fork)).filter(({ line }) => !settled.has(line))
  return [...findings, ...moved, ...alike]
}

function whereOf({ path, head, target }: Tally): Pick<Finding, 'path' | 'isInHead' | 'isInTarget'> {
  return { path, isInHead: head > 0, isInTarget: target > 0 }
}

function tally(tallies: Map<Bytes, Tally>, path: Bytes, texts: Readonly<Record<Side, Bytes>>): void {
  for (const side of sides) {
    const counts = new Map<Bytes, number>()
    addLines(counts, texts[side])
    for (const [line, count] of counts) {
      const counted = tallies.get(line) ?? { base: 0, target: 0, head: 0, result: 0, path }
      counted[side] += count
      tallies.set(line, counted)
    }
  }
}

/**
 * Looks for lines of the fork in the files that only upstream changed: one that the fork removes and upstream moved there
 * is back, and one that the fork adds and upstream once took in its place, and then moved there, stands twice; so does
 * one that the fork put in again where upstream had moved it from.
 */
async function checkElsewhere(
  workshop: Workshop,
  states: States,
  among: { readonly tallies: ReadonlyMap<Bytes, Tally>; readonly paths: ReadonlySet<Bytes> },
): Promise<readonly Finding[]> {
  const isAdded = ({ base, target, head, result }: Tally) =>
    base <= 1 && target === 0 && head === 1 && result === 1
  const isRemoved = ({ base, target, head }: Tally) => base === 1 && target + head === 0
  const wanted = new Map([...among.tallies].filter(([, each]) => isAdded(each) || isRemoved(each)))
  if (wanted.size === 0) return []
  const { trees, quarantine } = workshop
  const others = (await trees.compare(states.base, states.target)).filter(
    ({ path, after }) => after !== null && isBlob(after.mode) && !among.paths.has(path),
  )
  const textOf = async (entry: Entry): Promise<Bytes> =>
    entry === null || !isBlob(entry.mode) ? '' : toBytes((await quarantine.objects.read(entry.oid)).body)
  const findings: Finding[] = []
  for (const { before, after } of others) {
    const now = new Set((await textOf(after)).split('\n').filter((line) => wanted.has(line)))
    if (now.size === 0) continue
    const old = new Set((await textOf(before)).split('\n'))
    for (const line of now) {
      const counted = wanted.get(line)
      if (counted === undefined || old.has(line)) continue
      findings.push({
        line,
        kind: isAdded(counted) ? 'twice' : 'back',
        ...whereOf(counted),
        isElsewhere: true,
      })
    }
  }
  return findings
}

/** What is wrong with the count of a line in the result; null where nothing is, or where no count proves it. */
function judge({ base, target, head, result }: Omit<Tally, 'path'>): Finding['kind'] | null {
  if (Math.max(base, target, head) > 1) return null
  // Where both sides agree, or one left the line alone, three-way merging has one answer.
  const wanted = target === base ? head : target
  if (result === wanted) return null
  if (result > 1) return base === 0 || result > Math.max(target, head) ? 'twice' : 'back'
  return result > wanted ? 'back' : 'lost'
}

/** The texts of a path on each side; null where nothing can have met there, or where it is no text. */
async function textsAt(
  { trees, quarantine }: Workshop,
  states: States,
  { path, touched }: { readonly path: Bytes; readonly touched: ContentOptions['touched'] },
): Promise<Record<Side, Bytes> | null> {
  const entries: readonly Entry[] = await Promise.all(sides.map((side) => trees.lookUp(states[side], path)))
  if (entries.some((entry) => entry !== null && !isBlob(entry.mode))) return null
  const [at, there, ours, made] = entries.map((entry) => entry?.oid)
  if (at === there && ours === made && !(await touched(path))) return null
  const bodies = await Promise.all(
    entries.map(async (entry) =>
      entry === null ? '' : toBytes((await quarantine.objects.read(entry.oid)).body),
    ),
  )
  if (bodies.some((body) => body.length > largestFile || !isText(body))) return null
  const [base = '', target = '', head = '', result = ''] = bodies
  return { base, target, head, result }
}

function isBlob(mode: string): boolean {
  return mode === '100644' || mode === '100755'
}
