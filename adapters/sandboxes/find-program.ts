import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** The absolute path of a program on the PATH; null when there is none. */
export function findProgram(name: string, path: string | undefined = process.env.PATH): string | null {
  const folders = (path ?? '').split(delimiter).filter(isAbsolute)
  for (const folder of folders) {
    const file = join(folder, name)
    if (isExecutable(file)) return file
  }
  return null
}

/** Whether this is a file that may be executed. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
