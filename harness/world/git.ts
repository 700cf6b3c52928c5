import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { devNull } from 'node:os'
import { text } from 'node:stream/consumers'

/** Somebody of the rehearsal world who commits. */
export interface Author {
  readonly name: string
  readonly email: string
}

/** Releases upstream. */
export const upstreamAuthor: Author = { name: 'Uma Stream', email: 'uma@upstream.example' }

/** Maintains the fork. */
export const forkAuthor: Author = { name: 'Fay Keeper', email: 'fay@fork.example' }

export interface GitOptions {
  readonly author?: Author
  /** Author's and committer's date of what is made, ISO 8601. */
  readonly at?: string
}

const dawn = '2026-01-01T09:00:00Z'

/** Runs git the way a person of the world would, deaf to the real user's configuration; answers its stdout. */
export async function git(
  cwd: string,
  args: readonly string[],
  { author = forkAuthor, at = dawn }: GitOptions = {},
): Promise<string> {
  const child = spawn('git', args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: devNull,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: devNull,
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: at,
      GIT_COMMITTER_NAME: author.name,
      GIT_COMMITTER_EMAIL: author.email,
      GIT_COMMITTER_DATE: at,
    },
  })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  if (code !== 0) throw new Error(`git ${args.join(' ')} in ${cwd} ended with ${code}: ${stderr.trim()}`)
  return stdout.trimEnd()
}

/** Every ref of a repository, by its full name, in the way anybody outside sees it. */
export async function listRefs(repository: string): Promise<Readonly<Record<string, string>>> {
  const lines = (await git(repository, ['ls-remote', '--refs', '.'])).split('\n').filter(Boolean)
  return Object.fromEntries(
    lines.map((line) => {
      const [oid = '', ref = ''] = line.split('\t')
      return [ref, oid]
    }),
  )
}
