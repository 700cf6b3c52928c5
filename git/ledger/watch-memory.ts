import { UndriftError } from '../../domain/errors.ts'
import { readBlobs } from '../conflict/work-tree.ts'
import { readRef, updateRefs } from '../mirror/refs.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { writeObject } from '../objects/object-write.ts'
import { makeTree } from '../objects/tree.ts'
import type { Mirror } from '../types.ts'

const fileName = 'watch.json'

/** The ref that holds what the watch of an upstream knows: a chain of commits, the newest at its tip. It is never pushed. */
export function watchRef(upstream: string): string {
  return `refs/undrift/watch/${upstream}`
}

/** Keeps what a watch knows, as text. The same text as before is not written again. */
export async function keepWatchText(
  mirror: Mirror,
  upstream: string,
  { text, at }: { readonly text: string; readonly at: Date },
): Promise<void> {
  const ref = watchRef(upstream)
  const oid = await writeObject(mirror, 'blob', Buffer.from(text))
  const tree = await makeTree(mirror, new Map([[fileName, { mode: '100644', oid }]]))
  for (let tries = 0; tries < 10; tries += 1) {
    const tip = await readRef(mirror, ref)
    if (tip !== null && (await readWatchText(mirror, upstream)) === text) return
    const identity = `Undrift <> ${Math.floor(at.getTime() / 1000)} +0000`
    const commit = serialiseCommit({
      tree,
      parents: tip === null ? [] : [tip],
      author: identity,
      committer: identity,
      encoding: null,
      message: Buffer.from(`what the watch of ${upstream} knows\n`, 'utf8').toString('latin1'),
    })
    const to = await writeObject(mirror, 'commit', commit)
    if ((await updateRefs(mirror, [{ ref, to, expected: tip }])).kind !== 'stale') return
  }
  throw new UndriftError('UNDRIFT_E_BUSY', `${ref} keeps moving.`)
}

/** What was kept last; null where nothing was. */
export async function readWatchText(mirror: Mirror, upstream: string): Promise<string | null> {
  const tip = await readRef(mirror, watchRef(upstream))
  if (tip === null) return null
  const name = `${tip}:${fileName}`
  return (await readBlobs(mirror, [name])).get(name)?.toString('utf8') ?? null
}
