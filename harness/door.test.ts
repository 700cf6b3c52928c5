import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, Connection, WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import { taskQueues } from '../domain/queues.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { until } from './stage/cli-output.ts'
import { buildCliWorld, type CliWorld } from './stage/cli-world.ts'
import { makeRelease } from './world/repositories.ts'

// What a hostile audit did: whoever reached the port of the server was the worker's user. One world for all attacks.
const fork = 'tally'
let world: CliWorld
let connection: Connection
/** Whoever reaches the server, and holds no key. */
let stranger: Client
let settings: AttemptSettings

beforeAll(async () => {
  world = await buildCliWorld(fork)
  connection = await Connection.connect({ address: `127.0.0.1:${world.ports[0]}` })
  stranger = new Client({ connection })
  const config = await loadConfig({ cwd: world.folder })
  const [upstream, own] = [config.upstreams[0], config.forks[0]]
  if (upstream === undefined || own === undefined) throw new Error('The config names nothing.')
  settings = { upstream, fork: own }
}, 900_000)

afterAll(async () => {
  await connection?.close()
  await world?.remove()
}, 60_000)

/** Settings whose check writes a secret and the user's name to a file. */
function hostile(file: string): AttemptSettings {
  const commands = [`env > ${file}; id >> ${file}`]
  return {
    ...settings,
    fork: { ...settings.fork, sandbox: 'none', verify: { ...settings.fork.verify, commands } },
  }
}

const input = (own: AttemptSettings, tag: string) => ({
  settings: own,
  release: { tag, publishedAt: null, url: null },
})

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

/** The failure that a workflow ended with. */
async function endOf(ended: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await ended.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) return error.cause
  throw new Error('It did not fail as a workflow does.', { cause: error })
}

describe('an attempt that nobody signed', () => {
  it('ends with UNDRIFT_E_UNSIGNED, runs nothing, and leaves an alarm', async () => {
    const file = join(world.folder, 'taken')
    await makeRelease(world.repositories, 'v1.1.0', 'small')
    const workflowId = `maintain/${fork}/main/v1.1.0`
    const handle = await stranger.workflow.start('maintainRelease', {
      workflowId,
      taskQueue: taskQueues.control,
      args: [input(hostile(file), 'v1.1.0')],
    })
    expect(await endOf(handle.result())).toMatchObject({ type: 'UNDRIFT_E_UNSIGNED', nonRetryable: true })
    const { events = [] } = await handle.fetchHistory()
    expect(events?.filter((event) => event.activityTaskScheduledEventAttributes)).toEqual([])
    expect(await exists(file)).toBe(false)

    await until(async () => (await world.cli('status')).out.includes('failed: unsigned'))
    expect((await world.cli('status')).out).toContain('1 attempt was not signed')
    const inbox = await world.cli('inbox')
    expect(inbox.out).toContain('Integrity alarm')
    expect(inbox.out).toContain(`undrift show --data ${world.data} ${workflowId}`)
    expect((await world.cli('show', 'v1.1.0')).out).toContain('not signed by a key that this worker trusts')
    expect(await world.json('show', 'v1.1.0')).toMatchObject({ outcome: 'failed', needs: 'unsigned' })
  })

  it('does not keep the operator from starting the release', async () => {
    const ran = await world.cli('run', fork, 'v1.1.0')
    expect(ran.code).toBe(3)
    expect(await world.json('inbox')).toMatchObject({ attempts: [{ needs: 'approval' }] })
  })

  it.each(['watchUpstream', 'promoteCandidate'])('is as little an input of %s', async (type) => {
    const handle = await stranger.workflow.start(type, {
      workflowId: `stranger/${type}`,
      taskQueue: taskQueues.control,
      args: [{ ...input(settings, 'v1.1.0'), upstream: settings.upstream, forks: [], known: null }],
    })
    expect(await endOf(handle.result())).toMatchObject({ type: 'UNDRIFT_E_UNSIGNED' })
  })
})

describe('a signature', () => {
  async function signedInput() {
    const handle = stranger.workflow.getHandle(`maintain/${fork}/main/v1.1.0`)
    const { events } = await handle.fetchHistory()
    const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]
    if (!payload?.data) throw new Error('There is no input.')
    return { ...payload, data: payload.data }
  }

  async function replay(
    workflowId: string,
    payload: object,
    workflowType = 'maintainRelease',
  ): Promise<ApplicationFailure> {
    await connection.workflowService.startWorkflowExecution({
      namespace: 'default',
      workflowId,
      workflowType: { name: workflowType },
      taskQueue: { name: taskQueues.control },
      requestId: workflowId,
      input: { payloads: [payload] },
    })
    return endOf(stranger.workflow.getHandle(workflowId).result())
  }

  it('leaves the settings readable for whoever looks at the Web UI', async () => {
    const payload = await signedInput()
    expect(Buffer.from(payload.metadata?.encoding ?? []).toString()).toBe('json/plain')
    expect(defaultPayloadConverter.fromPayload(payload)).toMatchObject(input(settings, 'v1.1.0'))
  })

  it('is good for no other attempt and no other kind of workflow', async () => {
    const payload = await signedInput()
    expect(await replay(`maintain/${fork}/main/v1.0.0`, payload)).toMatchObject({
      type: 'UNDRIFT_E_UNSIGNED',
    })
    expect(await replay(`promote/${fork}/main/v1.1.0`, payload, 'promoteCandidate')).toMatchObject({
      type: 'UNDRIFT_E_UNSIGNED',
    })
  })

  it('is good for no settings that were altered by one letter', async () => {
    const payload = await signedInput()
    const text = Buffer.from(payload.data)
      .toString()
      .replace('"commands":["sh check.sh"]', '"commands":["sh chick.sh"]')
    expect(text).toContain('chick')
    await world.cli('abort', 'v1.1.0', '--wait')
    expect(
      await replay(`maintain/${fork}/main/v1.1.0`, { ...payload, data: Buffer.from(text) }),
    ).toMatchObject({ type: 'UNDRIFT_E_UNSIGNED' })
  })
})

describe('a worker', () => {
  it('runs no activity that somebody else asks for, on any queue', async () => {
    const file = join(world.folder, 'taken-by-an-activity')
    Runtime.install({ logger: new DefaultLogger('ERROR') })
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: new URL('./stage/stranger-workflow.ts', import.meta.url).pathname,
      logger: new DefaultLogger('ERROR'),
    })
    const native = await NativeConnection.connect({ address: `127.0.0.1:${world.ports[0]}` })
    const worker = await Worker.create({ connection: native, taskQueue: 'stranger', workflowBundle })
    const step = { attempt: `maintain/${fork}/main/v1.1.0`, tag: 'v1.1.0', settings: hostile(file) }
    const oid = '1'.repeat(40)
    const asked = [
      ['verify', 'verifyCandidate', { ...step, head: oid, stackHead: oid, onto: oid, resolutions: [] }],
      ['git', 'pushCandidate', { ...step, head: oid, stackHead: oid, onto: oid, resolutions: [], tree: oid }],
      ['git', 'moveBranch', { ...step, to: oid, expected: oid }],
      ['control', 'startMaintenance', input(hostile(file), 'v1.1.0')],
    ] as const
    const types = await worker.runUntil(async () =>
      Promise.all(
        asked.map(([role, activity, what]) =>
          stranger.workflow.execute('askFor', {
            workflowId: `stranger/${activity}`,
            taskQueue: 'stranger',
            args: [taskQueues[role], activity, what],
          }),
        ),
      ),
    )
    await native.close()
    expect(types).toEqual(asked.map(() => 'UNDRIFT_E_UNSIGNED'))
    expect(await exists(file)).toBe(false)
  })
})

describe('a running attempt and a running watch', () => {
  it('take no settings from a signal that nobody signed', async () => {
    const watch = stranger.workflow.getHandle(`watch/${fork}-upstream`)
    const { memo } = await watch.describe()
    await watch.signal('configure', {
      upstream: { ...settings.upstream, feed: 'http://127.0.0.1:1/evil' },
      forks: [hostile('/nowhere').fork],
      configDigest: 'evil',
    })
    await world.cli('poll', `${fork}-upstream`)
    await until(async () => JSON.stringify(await world.json('status')).includes('"phase":"polling"'))
    expect((await watch.describe()).memo?.configDigest).toBe(memo?.configDigest)
  })

  it('are waited for by a person when somebody answers in the place of a worker', async () => {
    // A check that lasts until it is told to end, so that there is time to answer for it.
    const config = join(world.folder, 'undrift.yaml')
    const text = await readFile(config, 'utf8')
    await writeFile(config, text.replaceAll('sh check.sh', 'sleep 60'))
    await makeRelease(world.repositories, 'v1.2.0', 'small')
    expect((await world.cli('run', fork, 'v1.2.0', '--detach')).code).toBe(0)
    await writeFile(config, text)
    const attempt = stranger.workflow.getHandle(`maintain/${fork}/main/v1.2.0`)
    const pending = async () =>
      (await attempt.describe()).raw.pendingActivities?.find(
        ({ activityType }) => activityType?.name === 'verifyCandidate',
      )
    await until(async () => (await pending())?.state === 2)
    const activityId = (await pending())?.activityId ?? ''
    await stranger.activity.complete(
      { workflowId: attempt.workflowId, activityId },
      { kind: 'passed', tree: '1'.repeat(40), checks: [] },
    )
    await until(async () => (await world.json('show', 'v1.2.0')).needs === 'unsigned')
    expect((await world.cli('show', 'v1.2.0')).out).toContain(
      'is not signed by a key that this worker trusts',
    )
    expect((await world.cli('abort', 'v1.2.0', '--wait')).code).toBe(1)
  })
})

describe('the policy of a worker', () => {
  const file = () => join(world.data, 'worker.yaml')
  const narrow = ['roles: [control, git, verify]', 'sandboxNone: true', 'folders: [/]'].join('\n')
  const allowFeed = () => `remotes: [${settings.upstream.feed.replace(/^git\+/, '')}]`

  /** Runs a release under a policy that a person wrote, and tells what the attempt asks. */
  async function asks(tag: string, policy: string): Promise<string> {
    await writeFile(file(), `${policy}\n`)
    await makeRelease(world.repositories, tag, 'small')
    await world.cli('run', fork, tag, '--detach')
    await until(async () => typeof (await world.json('show', tag)).needs === 'string')
    const { out } = await world.cli('show', tag)
    await world.cli('abort', tag, '--wait')
    return out
  }

  it('is written by `up` for its config', async () => {
    expect(await readFile(file(), 'utf8')).toMatch(/^# Written by undrift[\s\S]*\nsandboxNone: true\n/)
  })

  it.each([
    ['v1.5.0', 'sandboxNone: false\nfolders: [/]', '`sandbox: none`'],
    ['v1.6.0', 'sandboxNone: true\nfolders: [/nowhere]', 'the remote '],
  ])('is kept to by signed settings, too: %s', async (tag, policy, clause) => {
    const out = await asks(tag, `${policy}\n${allowFeed()}`)
    expect(out).toContain('UNDRIFT_E_POLICY')
    expect(out.replace(/\s+/g, ' ')).toContain(`does not allow ${clause}`)
    expect(await readFile(file(), 'utf8')).toContain(policy)
  })

  it('lets go on what it allows', async () => {
    expect(await asks('v1.7.0', `${narrow}\n${allowFeed()}`)).not.toContain('UNDRIFT_E_POLICY')
  })

  it('keeps a worker from a role that it does not list', async () => {
    const other = join(world.folder, 'git-only.yaml')
    await writeFile(other, 'roles: [git]\n')
    const worker = world.stay('worker', '--role', 'verify', '--policy', other)
    await until(() => worker.code() !== undefined)
    expect(worker.code()).toBe(2)
  })
})
