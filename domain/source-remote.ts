import { UndriftError } from './errors.ts'
import type { ForkSettings, Remote } from './settings.ts'

/** The remote that the maintained branch is read from. */
export function sourceRemote(fork: ForkSettings): Remote {
  const first = fork.remotes[0]
  if (first === undefined) throw new UndriftError('UNDRIFT_E_INPUT', `The fork ${fork.name} has no remote.`)
  return first
}

/** The remotes that candidates go to, in the config's order. */
export function publishRemotes(fork: ForkSettings): readonly Remote[] {
  return fork.publish.to.map((name) => {
    const remote = fork.remotes.find((each) => each.name === name)
    if (remote === undefined) {
      throw new UndriftError('UNDRIFT_E_INPUT', `The fork ${fork.name} has no remote ${name}.`)
    }
    return remote
  })
}
