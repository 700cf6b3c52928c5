import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Author, git } from './git.ts'

/** One commit of the world: whole files, or edits of what stands there. */
export interface Change {
  readonly subject: string
  readonly files: Readonly<Record<string, string | ((old: string) => string)>>
}

export interface CommitOptions {
  readonly author: Author
  readonly at: string
}

/** Commits a change in a checkout and answers the commit's id. */
export async function commitChange(
  checkout: string,
  change: Change,
  options: CommitOptions,
): Promise<string> {
  for (const [path, content] of Object.entries(change.files)) {
    const file = join(checkout, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, typeof content === 'string' ? content : content(await readFile(file, 'utf8')))
  }
  await git(checkout, ['add', '--all'])
  await git(checkout, ['commit', '--quiet', '--no-verify', '--message', change.subject], options)
  return git(checkout, ['rev-parse', 'HEAD'])
}
