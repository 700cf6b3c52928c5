import { readFile, rm, writeFile } from 'node:fs/promises'
import { shrinkwrapOf } from './shrinkwrap.ts'

/** Writes the `npm-shrinkwrap.json` that a package carries, from the lock file; `--remove` takes it away again. */
const root = new URL('../', import.meta.url)
const file = new URL('npm-shrinkwrap.json', root)
if (process.argv.includes('--remove')) await rm(file, { force: true })
else {
  const lock: unknown = JSON.parse(await readFile(new URL('package-lock.json', root), 'utf8'))
  await writeFile(file, `${JSON.stringify(shrinkwrapOf(lock as Lock), null, 2)}\n`)
}

type Lock = Parameters<typeof shrinkwrapOf>[0]
