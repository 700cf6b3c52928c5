import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { findCanary } from './canary.ts'
import { demandSame } from './expect.ts'

export interface SecrecyOptions {
  readonly canary: string
  /** The installation's data folder: server's database, mirrors, logs. */
  readonly data: string
  /** Every bare repository that something could have been pushed to. */
  readonly repositories: readonly string[]
  /** Everything that was said, and every history. */
  readonly texts: Readonly<Record<string, string>>
}

/** Demands that the planted secret lies nowhere: not in files, refs, objects, histories or words. */
export async function demandSecrecy({ canary, data, repositories, texts }: SecrecyOptions): Promise<void> {
  const found: string[] = []
  for (const [name, text] of Object.entries(texts)) {
    if (findCanary(canary, text) !== null) found.push(name)
  }
  for (const folder of [data, ...repositories]) {
    for (const file of await filesBelow(folder)) {
      if (findCanary(canary, await readFile(file)) !== null) found.push(relative(join(folder, '..'), file))
    }
  }
  for (const repository of [...repositories, ...(await mirrorsOf(data))]) {
    if (findCanary(canary, await allObjects(repository)) !== null) found.push(`objects of ${repository}`)
  }
  demandSame('the planted secret lies nowhere', found, [])
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

async function mirrorsOf(data: string): Promise<readonly string[]> {
  const folder = join(data, 'mirrors')
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name))
}

/** Every object of a repository, unpacked. */
async function allObjects(repository: string): Promise<Buffer> {
  const args = ['--git-dir', repository, 'cat-file', '--batch-all-objects', '--unordered', '--batch']
  return buffer(spawn('git', args, { stdio: ['ignore', 'pipe', 'ignore'] }).stdout)
}
