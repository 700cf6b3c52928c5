import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { KeyReader } from './signer-keys.ts'

const largestFile = 256_000

/** Reads the key files that a config names, seen from the config's folder; each once. */
export function keyFilesIn(folder: string): KeyReader {
  const known = new Map<string, ReturnType<KeyReader>>()
  return (path) => {
    const file = known.get(path) ?? readKeyFile(resolve(folder, path))
    known.set(path, file)
    return file
  }
}

function readKeyFile(path: string): ReturnType<KeyReader> {
  const unreadable = (message: string) => ({ kind: 'unreadable', message }) as const
  try {
    const found = statSync(path)
    if (found.isDirectory()) return unreadable('this is a folder')
    if (!found.isFile()) return unreadable('this is not a file')
    if (found.size > largestFile) return unreadable(`the file is larger than ${largestFile / 1000} kB`)
    return { kind: 'ok', text: readFileSync(path, 'latin1') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return unreadable(code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`)
  }
}
