import { mkdtempSync, rmSync } from 'node:fs'
import { chmod, mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeOldWorkTrees } from './old-work-trees.ts'

const hour = 60 * 60 * 1000
const now = Date.now()
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'undrift-old-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('removes what was left a day ago, read-only folders and all, and keeps what may be in use', async () => {
  for (const [name, age] of [
    ['left', 25 * hour],
    ['in-use', hour],
  ] as const) {
    const inner = join(folder, name, 'vendor')
    await mkdir(inner, { recursive: true })
    await writeFile(join(inner, 'file'), '')
    await chmod(inner, 0o500)
    const touched = new Date(now - age)
    await utimes(join(folder, name), touched, touched)
  }
  await removeOldWorkTrees(folder, now)
  expect(await readdir(folder)).toEqual(['in-use'])
})

it('has nothing to do where nothing was ever verified', async () => {
  await removeOldWorkTrees(join(folder, 'missing'), now)
})
