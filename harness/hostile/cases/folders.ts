import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../../../git/index.ts'
import { openPrivateFolder } from '../../../workers/private-folder.ts'
import { demand, type HostileCase, refusedWith } from '../hostile-case.ts'

const isPerl = spawnSync('perl', ['-v']).status === 0

/** Builds a tree by a shell, has it removed, and demands that nothing is left. */
async function removes(folder: string, script: string): Promise<string> {
  const tree = join(folder, 'tree')
  mkdirSync(tree)
  execFileSync('bash', ['-c', script], { cwd: tree })
  await removeTree(tree)
  demand(readdirSync(folder).length === 0, `left: ${readdirSync(folder).join(', ')}`)
  return 'renamed away and removed'
}

/** What is left in the data folder, and who may enter it. */
export const folders: readonly HostileCase[] = [
  {
    name: 'data folder made by hand',
    tries: 'a data folder of mode 0755, in which a check leaves a setuid program for every local user',
    run: async ({ folder }) => {
      const data = join(folder, 'data')
      mkdirSync(data)
      writeFileSync(join(data, 'program'), '#!/bin/sh\n')
      chmodSync(join(data, 'program'), 0o4755)
      chmodSync(data, 0o755)
      return refusedWith('UNDRIFT_E_USAGE', () => openPrivateFolder(data))
    },
  },
  {
    name: 'open part of the data folder',
    tries: 'a private data folder with one folder in it that others may enter',
    run: async ({ folder }) => {
      const data = join(folder, 'data')
      openPrivateFolder(data)
      demand((statSync(data).mode & 0o777) === 0o700, 'the folder that was made is not private')
      mkdirSync(join(data, 'work'))
      chmodSync(join(data, 'work'), 0o711)
      return refusedWith('UNDRIFT_E_USAGE', () => openPrivateFolder(data))
    },
  },
  {
    name: 'deep tree',
    tries: '3,000 nested folders, longer than any path may be',
    missing: isPerl ? null : 'perl is not here',
    run: ({ folder }) => removes(folder, `perl -e 'for (1..3000) { mkdir "d"; chdir "d" or die }'`),
  },
  {
    name: 'names that are no UTF-8',
    tries: 'files and folders whose names are no text',
    run: ({ folder }) =>
      removes(
        folder,
        String.raw`: > "$(printf 'b\377')"; mkdir "$(printf '\200d')"; : > "$(printf '\200d/\376')"`,
      ),
  },
  {
    name: 'closed folders',
    tries: 'folders of mode 0 with something in them',
    run: ({ folder }) => removes(folder, 'mkdir -p a/b; : > a/b/c; chmod 0 a/b/c a/b a'),
  },
]
