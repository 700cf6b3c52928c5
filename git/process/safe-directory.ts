import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ConfigEntry } from './environment.ts'

/**
 * Trust in a repository on this machine, whoever owns it, because the operator wrote its path. Git reads `safe.directory`
 * only from where a repository cannot write; ours is the command line or the environment, and names this path alone.
 */
export function trustIn(path: string): readonly ConfigEntry[] {
  return safePaths(path).map((each) => ['safe.directory', each] as const)
}

/** What `--upload-pack` must say for the same: the child that serves a path gets no config from the environment. */
export function trustingUploadPack(path: string): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
  const config = safePaths(path).map((each) => `-c ${quoted(`safe.directory=${each}`)}`)
  return ['git', ...config, 'upload-pack'].join(' ')
}

/** Every form in which Git may name the repository at a path: its work tree, its git folder, bare or not. */
function safePaths(path: string): readonly string[] {
  const plain = [path, join(path, '.git'), `${path}.git`, join(`${path}.git`, '.git')]
  const linked = plain.flatMap(linkedFolder)
  const all = [...plain, ...linked]
  return [...new Set(all.flatMap((each) => [each, ...real(each)]))]
}

/** The git folder that a `.git` file names. */
function linkedFolder(file: string): readonly string[] {
  try {
    const [, target] = /^gitdir: (.+)$/m.exec(readFileSync(file, 'utf8')) ?? []
    return target === undefined ? [] : [resolve(dirname(file), target)]
  } catch {
    return []
  }
}

function real(path: string): readonly string[] {
  try {
    return [realpathSync(path)]
  } catch {
    return []
  }
}
