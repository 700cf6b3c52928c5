import type { Scheme } from './scheme.ts'
import { numberKey } from './sort-key.ts'
import type { Version } from './version.ts'

const grammar = /^(?:(\d+):)?(\d[A-Za-z\d.+~:-]*)$/

/** Below the end of a part, as `~` must be; the end is below everything else. */
const tilde = '\u0001'
const endOfPart = '\u0002'

/** Debian's versions, also as DEP-14 writes them in tags. Sources: Debian Policy 5.6.12, DEP-14. */
export const debian: Scheme = { name: 'debian', read: readDebian, boundKey: null }

function readDebian(text: string): Version | null {
  // DEP-14: Git allows no `~`, `:` and `..` in a tag's name.
  const plain = text.replaceAll('_', '~').replaceAll('%', ':').replaceAll('#', '')
  const found = grammar.exec(plain)
  if (!found) return null
  const [, epoch = '0', rest = ''] = found
  if (found[1] === undefined && rest.includes(':')) return null
  const dash = rest.lastIndexOf('-')
  const upstream = dash === -1 ? rest : rest.slice(0, dash)
  const revision = dash === -1 ? '' : rest.slice(dash + 1)
  if (dash !== -1 && !/^[A-Za-z\d.+~]+$/.test(revision)) return null
  return {
    text: plain,
    prerelease: upstream.includes('~'),
    key: numberKey(epoch) + partKey(upstream) + partKey(revision),
  }
}

/** Text and numbers take turns, and no part at all is `0`; letters come before other characters, and a `~` before the end. */
function partKey(part: string): string {
  if (part === '') return partKey('0')
  const turns = part.matchAll(/(\D*)(\d*)/g)
  const keys = [...turns].map(([whole, text = '', digits = '']) =>
    whole === '' ? '' : [...text].map(characterKey).join('') + endOfPart + numberKey(digits),
  )
  return keys.join('') + endOfPart
}

function characterKey(character: string): string {
  if (character === '~') return tilde
  return /[A-Za-z]/.test(character) ? character : String.fromCharCode(character.charCodeAt(0) + 0x100)
}
