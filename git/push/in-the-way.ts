import { foldersOf, refsInTheWay } from '../mirror/make-room.ts'
import type { RemoteRef } from '../types.ts'

/** Patterns for `listRemote` that find whatever stands where a ref needs a folder, or the folder that it would replace. */
export function wayPatterns(ref: string): readonly string[] {
  return [...foldersOf(ref).filter((folder) => /^refs\/[^/]+\/./.test(folder)), `${ref}/*`]
}

/** What is in the way of a ref on a remote, and what to do, as words for a person; null where nothing is. */
export function wordsInTheWay(ref: string, there: readonly RemoteRef[], remote: string): string | null {
  const [other] = refsInTheWay(there, new Set([ref]))
  if (other === undefined) return null
  const [short, blocker] = [shortName(ref), shortName(other.ref)]
  const kind = other.ref.startsWith('refs/heads/') ? 'branch' : 'ref'
  return [
    `The ${kind} \`${blocker}\` on ${remote} is in the way of \`${short}\`: Git keeps no branch below another one.`,
    `Rename it there, or delete it if it is no longer needed (git push <url of ${remote}> --delete ${blocker}).`,
    ...(short.startsWith('undrift/')
      ? ['Or choose another name for candidates: `publish: { candidate: … }`.']
      : []),
  ].join('\n')
}

function shortName(ref: string): string {
  return ref.replace(/^refs\/heads\//, '')
}
