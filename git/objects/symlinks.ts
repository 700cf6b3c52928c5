const mostHops = 40

/**
 * Whether a symlink of a tree leads out of it, however many other symlinks it goes through. `links` are all symlinks
 * of the tree, by path, with their targets.
 */
export function leadsOut(path: string, links: ReadonlyMap<string, string>): boolean {
  const target = links.get(path)
  if (target === undefined) return false
  let at = path.split('/').slice(0, -1)
  let ahead = target.split('/')
  if (target.startsWith('/')) return true
  for (let hops = 0; ahead.length > 0; ) {
    const [part = '', ...rest] = ahead
    ahead = rest
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (at.length === 0) return true
      at = at.slice(0, -1)
      continue
    }
    const next = [...at, part]
    const through = links.get(next.join('/'))
    if (through === undefined) {
      at = next
      continue
    }
    hops += 1
    // A loop leads nowhere, but nobody needs it in a work tree either.
    if (hops > mostHops || through.startsWith('/')) return true
    ahead = [...through.split('/'), ...ahead]
  }
  return false
}
