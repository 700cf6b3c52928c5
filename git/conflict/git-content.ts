import { lstat, readlink } from 'node:fs/promises'
import { UndriftError } from '../../domain/errors.ts'
import { type Bytes, fromBytes } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { type GitOptions, runGit } from '../process/command.ts'
import type { UnsettledPath } from './conflict-take.ts'
import { workPath } from './left-there.ts'
import { readBlobs } from './work-tree.ts'

/** The content that Git would store of a file of the work tree, or why it cannot. */
export type GitContent =
  | { readonly kind: 'content'; readonly content: Buffer }
  | { readonly kind: 'unreadable'; readonly why: string }

/**
 * What Git would store of a file as it lies in the work tree: decoded by `working-tree-encoding`, with the line ends of the
 * attributes; of a symlink its target. Markers are looked for in that. Null where no file lies there.
 */
export async function gitContent(
  quarantine: Quarantine,
  path: Bytes,
  { dir, options }: { readonly dir: string; readonly options: GitOptions },
): Promise<GitContent | null> {
  const file = workPath(dir, path)
  const found = await lstat(file).catch(() => null)
  if (found?.isSymbolicLink()) return { kind: 'content', content: await readlink(file, 'buffer') }
  if (!found?.isFile()) return null
  try {
    // By paths of the work tree, which this command takes from where it stands.
    const { stdout } = await runGit(
      { cwd: dir, signal: quarantine.signal },
      ['hash-object', '-w', '--stdin-paths'],
      {
        ...options,
        env: { ...options.env, GIT_DIR: quarantine.path },
        stdin: fromBytes(`${quoted(path)}\n`),
      },
    )
    const oid = stdout.toString('latin1').trim()
    // Where the person's own git has written it already, it lies among their objects.
    const content = (await readBlobs(quarantine, [oid], options)).get(oid)
    if (content !== undefined) return { kind: 'content', content }
    throw new UndriftError('UNDRIFT_E_GIT', `The object ${oid} that was just written cannot be read.`)
  } catch (error) {
    const problem = encodingProblem(error)
    if (problem === null) throw error
    return { kind: 'unreadable', why: problem.why }
  }
}

/** A path as Git reads one from a line. */
function quoted(path: Bytes): Bytes {
  if (!/^"|\n/.test(path)) return path
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
}

/** The file that Git could not decode, as its failure tells; null for any other failure. */
export function encodingProblem(error: unknown): UnsettledPath | null {
  if (!(error instanceof UndriftError)) return null
  const [, path, encoding] =
    /failed to encode '(.*)' from (\S+) to/.exec(error.message) ??
    /BOM is (?:required|prohibited) in '(.*)' if encoded as (\S+)/.exec(error.message) ??
    []
  if (path === undefined || encoding === undefined) return null
  const why = `It cannot be read as ${encoding}, which \`working-tree-encoding\` asks for; save it in that encoding.`
  return { path, why }
}
