import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { attemptSlug } from '../domain/ids.ts'

/** The folders of one installation. Everything in it but `mirrors` and `temporal` can be thrown away at any time. */
export interface DataFolder {
  readonly root: string
  /** The embedded server's database, state file and log. */
  readonly temporal: string
  readonly mirrors: string
  /** Work trees that verification runs in. */
  readonly verify: string
  /** Work trees in which a person settles a conflict. */
  readonly resolve: string
  readonly logs: string
}

/** The data folder: `--data`, else UNDRIFT_DATA, else `undrift` in the XDG data folder. Makes nothing. */
export function dataFolder(option: string | undefined, env: NodeJS.ProcessEnv = process.env): DataFolder {
  const home = env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share')
  const root = resolve(option || env.UNDRIFT_DATA || join(home, 'undrift'))
  return {
    root,
    temporal: join(root, 'temporal'),
    mirrors: join(root, 'mirrors'),
    verify: join(root, 'verify'),
    resolve: join(root, 'resolve'),
    logs: join(root, 'logs'),
  }
}

/** The one bare mirror that an upstream and its forks share. */
export function mirrorPath(data: DataFolder, upstream: string): string {
  return join(data.mirrors, `${upstream}.git`)
}

/** Where a person settles the conflict of this attempt. */
export function resolvePath(data: DataFolder, attemptId: string): string {
  return join(data.resolve, attemptSlug(attemptId))
}
