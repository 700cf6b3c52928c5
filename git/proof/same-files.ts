import type { Oid } from '../../domain/patch.ts'
import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { PathChange } from '../objects/tree-reader.ts'
import { runGit } from '../process/command.ts'
import type { Workshop } from '../replay/workshop.ts'
import type { Finding, States } from './content.ts'
import { countLines, isText, saysSomething } from './line-counts.ts'

/** One line alone may well be the whole of two files that have nothing to do with each other. */
const fewestLines = 2

/**
 * Files that the fork added and that upstream added, too, under another name: the result has twice what a patch of the fork
 * made. What upstream had somewhere before, such as a licence, is no taking.
 */
export async function checkSameFiles(
  workshop: Workshop,
  states: States,
  fork: {
    readonly changes: readonly PathChange[]
    /** The tree of each patch, as the fork has it. */
    readonly steps: readonly Oid[]
  },
): Promise<readonly Finding[]> {
  const own = fork.changes.filter(({ before, after }) => before === null && after !== null)
  if (own.length === 0) return []
  const { trees } = workshop
  const theirs = await trees.compare(states.base, states.target)
  const added = new Set(theirs.flatMap(({ before, after }) => (before || !after ? [] : [after.oid])))
  const findings: Finding[] = []
  for (const { path } of own) {
    if ((await trees.lookUp(states.target, path)) !== null) continue
    const made = await linesOf(workshop, await trees.lookUp(states.result, path))
    const versions = await Promise.all(fork.steps.map((tree) => trees.lookUp(tree, path)))
    const taken = versions.find((entry) => entry !== null && added.has(entry.oid)) ?? null
    const lines = [...(await linesOf(workshop, taken))].filter((line) => made.has(line))
    if (taken === null || lines.length < fewestLines) continue
    if (await stoodBefore(workshop, states.base, taken.oid)) continue
    for (const line of lines) findings.push({ line, kind: 'twice', path, isInHead: true, isInTarget: true })
  }
  return findings
}

/** The lines of a file that say something; none of what is no text. */
async function linesOf({ quarantine }: Workshop, entry: Entry): Promise<ReadonlySet<Bytes>> {
  if (entry === null || entry.mode === '160000') return new Set()
  const text = toBytes((await quarantine.objects.read(entry.oid)).body)
  return new Set(isText(text) ? [...countLines(text).keys()].filter(saysSomething) : [])
}

/** Whether any file of a tree has this content. */
async function stoodBefore({ quarantine }: Workshop, tree: Oid, blob: Oid): Promise<boolean> {
  const { stdout } = await runGit(quarantine, ['ls-tree', '-r', '--format=%(objectname)', tree])
  return stdout.toString('latin1').split('\n').includes(blob)
}
