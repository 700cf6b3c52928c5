const atom = 'http://www.w3.org/2005/Atom'
/** The declaration of a root element stands near the start; what is longer is not read. */
const longestHead = 20_000

/**
 * Turns an element's name into the one that the parser knows: of a feed whose elements carry a prefix for Atom, such as
 * `a:entry`, the prefix goes, and what has none is no Atom. Any other document keeps its names: in RSS `atom:link` is an
 * extension, and no `link`.
 */
export function namesWithoutPrefix(xml: string): (name: string) => string {
  const prefix = atomPrefix(xml.slice(0, longestHead))
  if (prefix === null) return (name) => name
  return (name) => {
    if (name.startsWith(`${prefix}:`)) return name.slice(prefix.length + 1)
    return name.includes(':') ? name : `:${name}`
  }
}

/** The prefix of a root element `feed` that it declares for Atom itself; null for none. */
function atomPrefix(head: string): string | null {
  const root = head.replaceAll(/<!--.*?-->|<\?.*?\?>/gs, '').match(/<([A-Za-z_][\w.-]*):feed\s([^>]*)>/)
  const [found, prefix, attributes = ''] = root ?? []
  if (found === undefined || prefix === undefined || /<[A-Za-z_]/.test(beforeOf(head, found))) return null
  const declared = new RegExp(`(?:^|\\s)xmlns:${prefix.replaceAll('.', '\\.')}\\s*=\\s*["']([^"']*)["']`)
  return declared.exec(attributes)?.[1] === atom ? prefix : null
}

function beforeOf(head: string, root: string): string {
  return head.slice(0, head.indexOf(root)).replaceAll(/<!--.*?-->|<\?.*?\?>/gs, '')
}
