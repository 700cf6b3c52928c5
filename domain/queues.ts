/** What a worker process may do; each role polls the queue of the same purpose. */
export const roles = ['control', 'git', 'verify'] as const
export type Role = (typeof roles)[number]

/** Task queues. `git` holds push credentials; `verify` runs untrusted code and holds none. */
export const taskQueues: Readonly<Record<Role, string>> = {
  control: 'undrift',
  git: 'undrift-git',
  verify: 'undrift-verify',
}
