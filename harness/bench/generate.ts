import { execFileSync } from 'node:child_process'

export interface GeneratedStack {
  readonly head: string
  readonly onto: string
  readonly base: string
}

const linesPerFile = 60

/**
 * A bare repository of so many files with an upstream release and a stack of patches, written by one fast-import.
 * Half of the files that the patches change are changed by upstream as well, in other lines.
 */
export function generateStack(repository: string, files: number, patches: number): GeneratedStack {
  const git = (argv: readonly string[], input?: string) =>
    execFileSync('git', argv, {
      cwd: repository,
      env: { PATH: process.env.PATH ?? '', HOME: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
      maxBuffer: 1 << 28,
      ...(input === undefined ? {} : { input }),
    })
      .toString()
      .trim()
  git(['init', '-q', '--bare', '-b', 'main', '.'])
  const touched = Array.from({ length: patches }, (_, index) => pathOf(Math.floor((index * files) / patches)))
  const stream: string[] = []
  let second = 1_700_000_000
  const commit = (
    branch: string,
    subject: string,
    changes: readonly (readonly [string, string])[],
    from?: string,
  ) => {
    second += 60
    const person = `Ada <ada@example.org> ${second} +0000`
    stream.push(
      `commit refs/heads/${branch}`,
      `author ${person}`,
      `committer ${person}`,
      data(`${subject}\n`),
    )
    if (from !== undefined) stream.push(`from ${from}`)
    for (const [path, content] of changes) stream.push(`M 100644 inline ${path}`, data(content))
    stream.push('')
  }
  const all = Array.from({ length: files }, (_, index) => pathOf(index))
  commit(
    'main',
    'start',
    all.map((path) => [path, content(path, {})] as const),
  )
  stream.push('reset refs/heads/fork', 'from refs/heads/main', '')
  for (const [index, path] of touched.entries()) {
    commit('fork', `patch ${index + 1}`, [[path, content(path, { 10: `patch ${index + 1}` })]])
  }
  const shared = touched.filter((_, index) => index % 2 === 0)
  for (const [index, path] of shared.entries()) {
    commit('main', `upstream ${index + 1}`, [[path, content(path, { 50: `upstream ${index + 1}` })]])
  }
  git(['fast-import', '--quiet'], stream.join('\n'))
  git(['pack-refs', '--all'])
  const base = git(['merge-base', 'main', 'fork'])
  return { base, head: git(['rev-parse', 'fork']), onto: git(['rev-parse', 'main']) }
}

/** Twenty files a folder, ten folders a folder: about as deep as a real tree. */
function pathOf(index: number): string {
  const folder = Math.floor(index / 20)
  return `part-${Math.floor(folder / 100)}/area-${Math.floor(folder / 10) % 10}/unit-${folder % 10}/file-${index}.txt`
}

function content(path: string, changes: Readonly<Record<number, string>>): string {
  const lines = Array.from({ length: linesPerFile }, (_, index) => changes[index] ?? `${path} line ${index}`)
  return `${lines.join('\n')}\n`
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}
