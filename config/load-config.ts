import { access, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { UndriftError } from '../domain/errors.ts'
import type { Config } from './config.ts'
import { parseConfig } from './parse-config.ts'
import { keyFilesIn } from './read-key-file.ts'
import { renderProblems } from './render-problems.ts'

const configFileName = 'undrift.yaml'
const largestFile = 1_000_000

export interface LoadOptions {
  /** The file to read; looked for when it is left out. */
  readonly path?: string
  readonly cwd: string
}

/** Reads and checks the config. Errors: UNDRIFT_E_CONFIG, whose message holds every problem. */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { path, text } = await readConfig(options)
  const parsed = parseConfig(text, shortPath(path, options.cwd), { readKey: keyFilesIn(dirname(path)) })
  if (parsed.kind === 'ok') return { ...parsed.config, path }
  throw new UndriftError('UNDRIFT_E_CONFIG', renderProblems(parsed.problems, { color: false }))
}

/** The text of the config and its absolute path. Errors: UNDRIFT_E_CONFIG when there is none that can be read. */
export async function readConfig(
  options: LoadOptions,
): Promise<{ readonly path: string; readonly text: string }> {
  const path = options.path === undefined ? await findConfig(options.cwd) : resolve(options.cwd, options.path)
  if (path === null) {
    throw new UndriftError('UNDRIFT_E_CONFIG', `There is no ${configFileName} here or in a parent folder.`, {
      hint: `Write one, or name one with --config FILE.`,
    })
  }
  return { path, text: await readText(path) }
}

/** The nearest `undrift.yaml`, here or in a parent folder. */
export async function findConfig(cwd: string): Promise<string | null> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, configFileName)
    if (await exists(path)) return path
    if (dirname(folder) === folder) return null
  }
}

async function readText(path: string): Promise<string> {
  const fail = (message: string, cause?: unknown) =>
    new UndriftError('UNDRIFT_E_CONFIG', `${path}: ${message}`, {
      cause,
      hint: 'Name another with --config FILE.',
    })
  let bytes: Buffer
  try {
    const { size } = await stat(path)
    if (size > largestFile) throw fail(`the file is larger than ${largestFile / 1_000_000} MB.`)
    bytes = await readFile(path)
  } catch (error) {
    if (error instanceof UndriftError) throw error
    throw fail(readFailure(error), error)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw fail('the file is not UTF-8.', error)
  }
}

function readFailure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ENOENT') return 'there is no such file.'
  if (code === 'EISDIR') return 'this is a folder.'
  return `the file cannot be read (${code ?? 'unknown'}).`
}

function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') ? path : short
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
