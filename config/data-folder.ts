import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { attemptSlug } from '../domain/ids.ts'

/** The folders of one installation. Everything in it but `keys`, `mirrors` and `temporal` can be thrown away at any time. */
export interface DataFolder {
  readonly root: string
  /** Whether it is the one that is used when nobody names one. */
  readonly usual: boolean
  /** The embedded server's database, state file and log. */
  readonly temporal: string
  readonly mirrors: string
  /** Work trees that verification runs in. */
  readonly verify: string
  readonly logs: string
  /** The one bare mirror that an upstream and its forks share. */
  readonly mirrorOf: (upstream: string) => string
  /** Where a person settles the conflict of this attempt. */
  readonly resolveTreeOf: (attemptId: string) => string
}

/** The data folder: `--data`, else UNDRIFT_DATA, else `undrift` in the XDG data folder. Makes nothing. */
export function dataFolder(option: string | undefined, env: NodeJS.ProcessEnv = process.env): DataFolder {
  const home = env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share')
  const usual = join(home, 'undrift')
  const root = resolve(option || env.UNDRIFT_DATA || usual)
  return {
    root,
    usual: root === usual,
    temporal: join(root, 'temporal'),
    mirrors: join(root, 'mirrors'),
    verify: join(root, 'verify'),
    logs: join(root, 'logs'),
    mirrorOf: (upstream) => join(root, 'mirrors', `${upstream}.git`),
    resolveTreeOf: (attemptId) => join(root, 'resolve', attemptSlug(attemptId)),
  }
}
