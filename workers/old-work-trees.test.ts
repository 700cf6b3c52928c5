import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
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
afterEach(() => void spawnSync('rm', ['-rf', folder]))

/** A work tree as a build leaves it; the time that it shows for itself is its own choice. */
async function leave(name: string): Promise<void> {
  const inner = join(folder, name, 'vendor')
  await mkdir(inner, { recursive: true })
  await writeFile(join(inner, 'file'), '')
  await chmod(inner, 0o500)
  const shown = new Date('2099-01-01')
  await utimes(join(folder, name), shown, shown)
}

it('removes what was left a day ago, whatever time it shows, and keeps what may be in use', async () => {
  await leave('left')
  expect(await removeOldWorkTrees(folder, now + 23 * hour)).toEqual([])
  expect(await readdir(folder)).toEqual(['left'])
  expect(await removeOldWorkTrees(folder, now + 25 * hour)).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

it('removes at once what is on its way out', async () => {
  await leave('.1.removing')
  await leave('in-use')
  await removeOldWorkTrees(folder, now)
  expect(await readdir(folder)).toEqual(['in-use'])
})

it('names what resists, and removes the others', async ({ skip }) => {
  for (const name of ['a', 'b', 'c']) await leave(name)
  await mkdir(join(folder, 'b', 'mount'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', 'none', join(folder, 'b', 'mount')]).status === 0
  skip(!mounted, 'nothing can be mounted here, and all else can be removed')
  const tomorrow = now + 25 * hour
  await removeOldWorkTrees(folder, tomorrow)
  const [left = ''] = await readdir(folder)
  expect(left).toMatch(/\.removing$/)
  expect(await removeOldWorkTrees(folder, tomorrow)).toEqual([left])
  spawnSync('umount', [join(folder, left, 'mount')])
  expect(await removeOldWorkTrees(folder, tomorrow)).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

it('has nothing to do where nothing was ever verified', async () => {
  expect(await removeOldWorkTrees(join(folder, 'missing'), now)).toEqual([])
})
