import { UndriftError } from '../../domain/errors.ts'
import type { Mirror, PushOutcome, PushUpdate, RemoteAccess } from '../types.ts'
import { push } from './push.ts'

/** What goes to one remote. */
export interface PushStep {
  readonly access: RemoteAccess
  readonly updates: readonly PushUpdate[]
}

/** What came of one step of a push to several remotes. */
export interface PushedStep {
  /** The remote's name. */
  readonly remote: string
  readonly outcome:
    | PushOutcome
    /** It could not be reached or refused the credentials. */
    | { readonly kind: 'failed'; readonly error: UndriftError }
    /** A step before it did not get through. */
    | { readonly kind: 'not-tried' }
}

/**
 * Pushes to several remotes, one after the other. Nothing makes several remotes move as one: each is atomic in itself,
 * a step that does not get through ends the row, and what was pushed stays. Done again, it goes on where it stopped,
 * because what is there already is found to be there. `onStep` is awaited after each step, so that it can be recorded
 * before the next goes out.
 */
export async function pushAll(
  mirror: Mirror,
  steps: readonly PushStep[],
  options: { readonly onStep?: (step: PushedStep) => Promise<void> | void } = {},
): Promise<readonly PushedStep[]> {
  const done: PushedStep[] = []
  let stopped = false
  for (const { access, updates } of steps) {
    const outcome: PushedStep['outcome'] = stopped
      ? { kind: 'not-tried' }
      : await pushOne(mirror, access, updates)
    stopped ||= outcome.kind !== 'pushed' && outcome.kind !== 'already-there'
    const step = { remote: access.remote.name, outcome }
    await options.onStep?.(step)
    done.push(step)
  }
  return done
}

async function pushOne(
  mirror: Mirror,
  access: RemoteAccess,
  updates: readonly PushUpdate[],
): Promise<PushedStep['outcome']> {
  try {
    return await push(mirror, access, updates)
  } catch (error) {
    if (error instanceof UndriftError) return { kind: 'failed', error }
    throw error
  }
}
