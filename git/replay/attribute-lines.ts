import type { Bytes } from '../objects/bytes.ts'

/** A `.gitattributes` file of a tree. */
export interface AttributeFile {
  /** The folder that it stands in, without a slash at the end; empty for the top. */
  readonly folder: Bytes
  readonly text: Bytes
}

/** Where contents are merged in trees of nothing else: no attribute of a path may meet their names. */
export const flatPrefix = '.undrift-merged-'

/** Git ignores longer lines, too. */
const longestLine = 2_048
/** Fewer would not be seen as markers; a great many are a mistake. */
const [fewestMarks, mostMarks] = [7, 1_000]

interface Line {
  /** Null for the definition of a macro. */
  readonly pattern: Bytes | null
  readonly macro: string
  readonly states: readonly Bytes[]
}

/**
 * The lines of one `info/attributes` file that say for every path what the files of a tree say of merging it, and nothing
 * else: `merge` with Git's own ways (text, binary, union), and `conflict-marker-size`. Empty where they say nothing.
 * Invariant: no driver is named. Source: gitattributes(5).
 */
export function mergeAttributeLines(files: readonly AttributeFile[]): Bytes {
  if (!files.some(({ text }) => /merge|binary|conflict-marker-size/.test(text))) return ''
  // A deeper file overrides one above it, and a later line an earlier one.
  const ordered = [...files].sort((one, other) => depth(one) - depth(other))
  const read = ordered.map((file) => ({ file, lines: linesOf(file) }))
  const macros = new Set([
    'binary',
    ...read.flatMap(({ lines }) => lines.flatMap(({ macro }) => macro || [])),
  ])
  const lines = read.flatMap(({ file, lines }) =>
    lines.flatMap(({ pattern, macro, states }) => {
      const kept = states.flatMap((state) => keptState(state, macros))
      // A macro that says nothing of merging takes the place of one that did.
      if (pattern === null) return [`[attr]${ownMacro(macro)} ${kept.join(' ') || ownMacro('nothing')}`]
      return kept.length === 0 ? [] : [`${quoted(fromTop(file.folder, pattern))} ${kept.join(' ')}`]
    }),
  )
  if (lines.length === 0) return ''
  const all = [`[attr]${ownMacro('binary')} -merge`, ...lines, `/${flatPrefix}* merge !conflict-marker-size`]
  return all
    .filter((line) => line.length < longestLine)
    .map((line) => `${line}\n`)
    .join('')
}

function depth({ folder }: AttributeFile): number {
  return folder === '' ? 0 : folder.split('/').length
}

function linesOf({ folder, text }: AttributeFile): readonly Line[] {
  return text
    .replace(/^\xef\xbb\xbf/, '')
    .split('\n')
    .flatMap((line): readonly Line[] => {
      const trimmed = line.replace(/^[ \t\r]+/, '')
      if (trimmed === '' || trimmed.startsWith('#') || line.length >= longestLine) return []
      const [subject, rest] = splitSubject(trimmed)
      const states = rest.split(/[ \t\r]+/).filter(Boolean)
      const macro = /^\[attr\]([A-Za-z0-9_.][-A-Za-z0-9_.]*)$/.exec(subject)?.[1] ?? ''
      // Only the top may define macros. A pattern that excludes, or that ends with a slash, fits no file.
      if (subject.startsWith('[attr]'))
        return folder === '' && macro !== '' ? [{ pattern: null, macro, states }] : []
      return subject.startsWith('!') || subject.endsWith('/') ? [] : [{ pattern: subject, macro: '', states }]
    })
}

function splitSubject(line: Bytes): readonly [Bytes, Bytes] {
  const match = /^"((?:[^"\\]|\\.)*)"(.*)$/s.exec(line)
  if (match) return [unquoted(match[1] ?? ''), match[2] ?? '']
  const end = /[ \t\r]/.exec(line)?.index ?? line.length
  return [line.slice(0, end), line.slice(end)]
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
}

function unquoted(text: Bytes): Bytes {
  return text.replace(/\\([0-7]{3}|.)/gs, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
  )
}

/** What of one state has a say in merging; macros get names of their own, so that they say nothing of diffs. */
function keptState(state: Bytes, macros: ReadonlySet<string>): readonly Bytes[] {
  const [, sign = '', name = '', value = null] = /^([-!]?)([^=]*)(?:=(.*))?$/s.exec(state) ?? []
  if (name === 'merge') return [`${sign}merge${sign === '' ? ownWay(value) : ''}`]
  if (name === 'conflict-marker-size') return [markerSize(sign === '' ? value : null)]
  return macros.has(name) ? [`${sign}${ownMacro(name)}${sign === '' && value !== null ? '=no' : ''}`] : []
}

function ownWay(value: Bytes | null): Bytes {
  return value === 'union' || value === 'binary' ? `=${value}` : ''
}

function markerSize(value: Bytes | null): Bytes {
  const size = Number.parseInt(value ?? '', 10)
  return size >= fewestMarks ? `conflict-marker-size=${Math.min(size, mostMarks)}` : '!conflict-marker-size'
}

function ownMacro(name: string): string {
  return `undrift-${name}`
}

/** A pattern of a file in a folder as one from the top. */
function fromTop(folder: Bytes, pattern: Bytes): Bytes {
  if (folder === '') return pattern
  const literal = folder.replace(/[*?[\\]/g, '\\$&')
  if (!pattern.includes('/')) return `/${literal}/**/${pattern}`
  return `/${literal}/${pattern.replace(/^\//, '')}`
}

function quoted(pattern: Bytes): Bytes {
  const inner = pattern.replace(/["\\]/g, '\\$&').replace(/[\x00-\x1f]/g, (char) => {
    return `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
  })
  return `"${inner}"`
}
