import { createHmac, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { upstreamName } from '../world/config.ts'
import { attemptOf, untilWatch } from './attempts.ts'
import { secretNames } from './canary.ts'
import { demand, demandSame } from './expect.ts'
import { freePorts } from './free-port.ts'
import type { Stage } from './scenario.ts'

const listensWithin = 60_000

/** Demands that the watch has handled the release as well, and that it was attempted in one run of one workflow. */
export async function demandOneAttempt(stage: Stage, tag: string): Promise<void> {
  await untilWatch(stage, ({ lastRelease }) => lastRelease === tag)
  const { attempts } = await stage.installation.status()
  demandSame(
    'the release has one attempt',
    attempts.filter(({ fork }) => fork === stage.fork).map(({ id }) => id),
    [attemptOf(stage, tag)],
  )
  demandSame('the attempt has one run', await stage.temporal.runs(attemptOf(stage, tag)), 1)
}

/** Writes an event file for a release of this fork's upstream; answers its path. */
export async function writeEvent(stage: Stage, tag: string): Promise<string> {
  const path = join(stage.installation.folder, `${stage.fork}-${tag}.json`)
  const event = {
    id: randomUUID(),
    type: 'upstream.release',
    occurredAt: '2026-07-30T09:12:41Z',
    receivedAt: '2026-07-30T09:13:02Z',
    payload: { repo: upstreamName(stage.fork), tag },
  }
  await writeFile(path, JSON.stringify(event))
  return path
}

/** A running `undrift webhook`, and the forge that sends to it. */
export interface Forge {
  /** Sends a delivery for this fork's upstream, with a signature of this secret; answers the status. */
  send(delivery: { readonly id: string; readonly secret?: string }): Promise<number>
  /** Ctrl-C; demands that it ends as told. */
  end(): Promise<void>
}

/** Starts `undrift webhook` and waits until it listens. */
export async function startForge({ installation, fork }: Stage): Promise<Forge> {
  const [port = 0] = await freePorts(1)
  const webhook = installation.stay('webhook', '--listen', `${port}`)
  const url = `http://127.0.0.1:${port}/hooks/${upstreamName(fork)}`
  const deadline = Date.now() + listensWithin
  while (!webhook.said().includes(url)) {
    demand('`undrift webhook` keeps running', webhook.code() === undefined, webhook.said())
    demand('`undrift webhook` listens in time', Date.now() < deadline, webhook.said())
    await pause(100)
  }
  return {
    async send({ id, secret = installation.env[secretNames[1]] ?? '' }) {
      const body = JSON.stringify({ action: 'published', release: { tag_name: 'v9.9.9' } })
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'release',
          'x-github-delivery': id,
          'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
        },
      })
      await response.text()
      return response.status
    },
    async end() {
      demandSame('`undrift webhook` ends with 130 on Ctrl-C', await webhook.interrupt(), 130)
    },
  }
}
