import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { ReleaseKind } from '../world/releases.ts'
import { makeRelease } from '../world/repositories.ts'
import { cliEntry } from './installation.ts'
import type { World } from './world.ts'

/** A fork that no scenario plays on, for a person to play with. */
export const playground = { name: 'playground', push: false } as const

export interface KeepOptions {
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Makes a conflict to play with, says how, and leaves the world running until Ctrl-C. */
export async function keepWorld(world: World, { say, signal }: KeepOptions): Promise<void> {
  await releaseForPlay(world, 1, 'conflicting')
  say(instructions(world))
  const lines = createInterface({ input: process.stdin })
  let releases = 1
  lines.on('line', () => {
    releases += 1
    releaseForPlay(world, releases, 'small').then(
      (tag) => say(`Upstream released ${tag}.\n`),
      (error: unknown) => say(`Upstream could not release: ${String(error)}\n`),
    )
  })
  if (!signal.aborted) await once(signal, 'abort')
  lines.close()
}

async function releaseForPlay({ grounds }: World, count: number, kind: ReleaseKind): Promise<string> {
  const ground = grounds.get(playground.name)
  if (ground === undefined) throw new Error('There is no playground.')
  const made = await makeRelease(ground.repositories, `v1.${count}.0`, kind)
  ground.feed.announce(made)
  return made.tag
}

function instructions({ installation, folder, grounds }: World): string {
  const attempt = `${playground.name}@v1.1.0`
  return `
The world is left running in ${folder}.
  Web UI   ${installation.uiUrl}
  Temporal ${installation.address}
  feed     ${grounds.get(playground.name)?.feed.url}
  config   ${installation.config}

Upstream released v1.1.0, which conflicts with a patch of the fork ${playground.name}. To play:
  alias undrift='${process.execPath} ${cliEntry} --config ${installation.config} --data ${installation.data}'
  undrift status
  undrift show ${attempt}
  undrift resolve ${attempt}
  undrift resolve ${attempt} --continue
  undrift approve ${attempt}

Enter makes another upstream release. Ctrl-C ends everything.
`
}
