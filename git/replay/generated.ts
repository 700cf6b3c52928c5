import type { GeneratedRule } from '../../domain/generated.ts'
import type { Oid } from '../../domain/patch.ts'
import { type Bytes, readableText } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import type { Change, GeneratedFile } from '../stack/change.ts'

/**
 * What became of one generated file: the patch's change holds as it is (`carried`), the new stack has the same (`there`),
 * one side was taken over the other (`upstream`, `ours`, `removed`), upstream's waits to be made again (`stands-in`), or
 * whoever settled the patch's conflict settled it, too (`settled`).
 */
export interface LaidFile {
  readonly file: GeneratedFile
  readonly how: 'carried' | 'there' | 'upstream' | 'ours' | 'removed' | 'stands-in' | 'settled'
}

export interface Laid {
  readonly tree: Oid
  readonly files: readonly LaidFile[]
}

/** Takes the files that a rule knows out of a change: what is left is merged as if the patch had never touched them. */
export async function partGenerated(
  trees: TreeReader,
  change: Change,
  ruleOf: (path: string) => GeneratedRule | null,
): Promise<Change> {
  if (change.drop) return change
  const files: GeneratedFile[] = []
  for (const { path, before, after } of await trees.compare(change.before, change.after)) {
    const rule = ruleOf(readableText(path, null))
    // A file that gives way to a folder cannot stand beside it: that is no matter of its content.
    if (rule && (before === null || (await isFree(trees, change.after, path)))) {
      files.push({ rule, path, before, after })
    }
  }
  if (files.length === 0) return change
  const after = await editInTurns(
    trees,
    change.after,
    new Map(files.map(({ path, before }) => [path, before])),
  )
  return { ...change, after, generated: files }
}

/** The change with its generated files in it again. */
export async function wholeChange(trees: TreeReader, change: Change): Promise<Change> {
  const edits = new Map(change.generated.map(({ path, after }) => [path, after]))
  return { ...change, after: await editInTurns(trees, change.after, edits), generated: [] }
}

/** Lays the generated files of a patch over what the merge of its other files came to. Never clashes. */
export async function layGenerated(
  trees: TreeReader,
  files: readonly GeneratedFile[],
  { ours, merged }: { readonly ours: Oid; readonly merged: Oid },
): Promise<Laid> {
  const laid: LaidFile[] = []
  const edits = new Map<Bytes, Entry>()
  for (const file of files) {
    const [there, now] = await Promise.all([trees.lookUp(ours, file.path), trees.lookUp(merged, file.path)])
    let how = isSame(there, now) ? howOf(file, there) : 'settled'
    if (how === 'carried' || how === 'ours' || how === 'removed') {
      if (file.after === null || (await isFree(trees, merged, file.path))) edits.set(file.path, file.after)
      else how = file.rule.kind === 'run' ? 'stands-in' : 'upstream'
    }
    laid.push({ file, how })
  }
  return { tree: await editInTurns(trees, merged, edits), files: laid }
}

function howOf({ rule, before, after }: GeneratedFile, there: Entry): LaidFile['how'] {
  if (isSame(there, after)) return 'there'
  if (rule.kind === 'upstream') return 'upstream'
  if (isSame(there, before)) return 'carried'
  if (rule.kind === 'ours') return 'ours'
  return after === null ? 'removed' : 'stands-in'
}

function isSame(one: Entry, other: Entry): boolean {
  return one?.oid === other?.oid && one?.mode === other?.mode
}

/** Whether a file can stand at a path without anything else giving way to it. */
async function isFree(trees: TreeReader, tree: Oid, path: Bytes): Promise<boolean> {
  if (await trees.hasFolder(tree, path)) return false
  const names = path.split('/')
  for (let depth = 1; depth < names.length; depth += 1) {
    if ((await trees.lookUp(tree, names.slice(0, depth).join('/'))) !== null) return false
  }
  return true
}

/** Sets some paths of a tree and, by null, removes some: what goes makes room for what comes. */
export async function editInTurns(
  trees: TreeReader,
  tree: Oid,
  edits: ReadonlyMap<Bytes, Entry>,
): Promise<Oid> {
  const part = (goes: boolean) => new Map([...edits].filter(([, entry]) => (entry === null) === goes))
  const without = await spliceSome(trees, tree, part(true))
  return spliceSome(trees, without, part(false))
}

function spliceSome(trees: TreeReader, tree: Oid, edits: ReadonlyMap<Bytes, Entry>): Promise<Oid> {
  return edits.size === 0 ? Promise.resolve(tree) : trees.splice(tree, edits)
}
