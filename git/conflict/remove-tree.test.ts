import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, type TestFolder } from '../testing.ts'
import { removeTree } from './remove-tree.ts'

let folder: TestFolder
let dir: string
beforeEach(() => {
  folder = makeFolder()
  dir = join(folder.path, 'tree')
})
afterEach(() => {
  spawnSync('chmod', ['-R', 'u+rwX', folder.path])
  spawnSync('rm', ['-rf', folder.path])
})

/** Names that are no UTF-8, folders deeper than a path may be long, and folders that nobody may look into. */
const hostile = String.raw`
mkdir -p tree && cd tree
printf '#!/bin/sh\n' > "$(printf 'b\377ad')" && mkdir "$(printf '\200folder')" && : > "$(printf '\200folder/\376')"
mkdir closed && : > closed/file && mkdir closed/deeper && chmod 0 closed/deeper closed
perl -e 'for (1..3000) { mkdir "d"; chdir "d" or die }'
`

describe('removeTree', () => {
  it('removes 3,000 nested folders, names that are no text, and folders that are closed', async () => {
    execFileSync('bash', ['-c', hostile], { cwd: folder.path })
    await removeTree(dir)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('removes the same where it is not root', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'the test above was run by a plain user already')
    copyFileSync(new URL('./remove-tree.ts', import.meta.url), join(folder.path, 'remove-tree.ts'))
    chmodSync(folder.path, 0o777)
    const user = { uid: 65_534, gid: 65_534, cwd: folder.path }
    execFileSync('bash', ['-c', hostile], user)
    const program = `import { removeTree } from '${join(folder.path, 'remove-tree.ts')}'; await removeTree('${dir}')`
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { ...user, stdio: 'pipe' })
    expect(readdirSync(folder.path)).toEqual(['remove-tree.ts'])
  })

  it('removes a link and not what it leads to', async () => {
    mkdirSync(join(folder.path, 'kept'))
    writeFileSync(join(folder.path, 'kept', 'file'), '')
    symlinkSync('kept', dir)
    await removeTree(dir)
    expect(readdirSync(folder.path)).toEqual(['kept'])
    expect(readdirSync(join(folder.path, 'kept'))).toEqual(['file'])
  })

  it('has nothing to do where nothing is', async () => {
    await removeTree(dir)
  })

  it('frees the name even of what cannot be removed', async ({ skip }) => {
    mkdirSync(join(dir, 'mount'), { recursive: true })
    const mounted = spawnSync('mount', ['-t', 'tmpfs', 'none', join(dir, 'mount')]).status === 0
    skip(!mounted, 'nothing can be mounted here, and all else can be removed')
    await removeTree(dir)
    const [left = ''] = readdirSync(folder.path)
    expect(left).toMatch(/\.removing$/)
    execFileSync('umount', [join(folder.path, left, 'mount')])
    await removeTree(join(folder.path, left))
    expect(readdirSync(folder.path)).toEqual([])
  })
})
