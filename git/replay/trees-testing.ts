import fc from 'fast-check'
import type { Oid } from '../../domain/patch.ts'
import type { Entry } from '../objects/tree.ts'
import type { Workshop } from './workshop.ts'

/** Contents by path. */
export type Files = ReadonlyMap<string, string>
type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'move'; readonly path: string; readonly to: string }
  | { readonly kind: 'moveFolder'; readonly from: string; readonly to: string }

const folders = ['', 'a/', 'b/', 'a/in/', 'c/']
const someFolder = fc.constantFrom(...folders)
/** A path in one of a few folders. */
export const path = fc
  .tuple(someFolder, fc.constantFrom('one', 'two', 'three'))
  .map((parts) => parts.join(''))
/** One of a few contents, some of them alike. */
export const text = fc
  .tuple(fc.nat(2), fc.option(fc.nat(9)))
  .map(([kind, changed]) =>
    Array.from({ length: 10 }, (_, line) => `${kind} ${line}${line === changed ? ' changed' : ''}\n`).join(
      '',
    ),
  )
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, text }),
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({ kind: fc.constant('move' as const), path, to: path }),
  fc.record({ kind: fc.constant('moveFolder' as const), from: fc.constantFrom('a/', 'b/'), to: someFolder }),
)
/** A few edits and moves. */
export const steps = fc.array(step, { maxLength: 3 })

/** The files after some edits and moves. */
export function changed(files: Files, list: readonly Step[]): Files {
  const now = new Map(files)
  for (const one of list) {
    if (one.kind === 'write') now.set(one.path, one.text)
    if (one.kind === 'remove') now.delete(one.path)
    if (one.kind === 'moveFolder' && one.to.startsWith(one.from)) continue
    for (const [from, body] of [...now]) {
      const isMoved =
        (one.kind === 'move' && from === one.path) || (one.kind === 'moveFolder' && from.startsWith(one.from))
      if (!isMoved) continue
      now.delete(from)
      now.set(one.kind === 'move' ? one.to : `${one.to}${from.slice(one.from.length)}`, body)
    }
  }
  return now
}

/** Writes the files as a tree. */
export function treeOf({ quarantine, trees }: Workshop, files: Files): Promise<Oid> {
  const entries = [...files].map(([name, body]): [string, Entry] => [
    name,
    { mode: '100644', oid: quarantine.objects.write('blob', Buffer.from(body)) },
  ])
  return trees.splice(trees.write(new Map()), new Map(entries))
}
