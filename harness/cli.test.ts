import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runHere } from '../client/cli/testing.ts'
import { lastLine, printedObject, until } from './stage/cli-output.ts'
import { buildCliWorld, type CliWorld } from './stage/cli-world.ts'
import { resolveShape, showShape, statusShape } from './stage/shapes.ts'
import { git } from './world/git.ts'
import { settledLimits } from './world/releases.ts'
import { makeRelease, type Repositories } from './world/repositories.ts'

// One world for all tests, which go on from one another in their order: a server and workers are dear to start.
const fork = 'tally'
let world: CliWorld
let folder = ''
let repositories: Repositories

const cli = (...argv: readonly string[]) => world.cli(...argv)
const json = (...argv: readonly string[]) => world.json(...argv)

function id(tag: string): string {
  return `maintain/${fork}/main/${tag}`
}

/** Lets this world and another machine trust each other, with the words that `undrift key` prints. */
async function introduce(elsewhere: Parameters<typeof runHere>[1]): Promise<void> {
  const commandOf = ({ out }: { readonly out: string }) => (out.split('\n')[0] ?? '').split(' ').slice(1)
  const theirs = await runHere(commandOf(await cli('key')), elsewhere)
  const ours = await cli(...commandOf(await runHere(['key'], elsewhere)))
  expect([theirs.code, ours.code]).toEqual([0, 0])
}

beforeAll(async () => {
  world = await buildCliWorld(fork)
  folder = world.folder
  repositories = world.repositories
}, 900_000)

afterAll(() => world?.remove(), 60_000)

describe('up', () => {
  it('says in one object where everything is, and what is watched', () => {
    expect(printedObject(world.up.said())).toMatchObject({
      version: 1,
      address: `127.0.0.1:${world.ports[0]}`,
      uiUrl: `http://127.0.0.1:${world.ports[1]}`,
      config: join(folder, 'undrift.yaml'),
      watches: [{ upstream: `${fork}-upstream`, change: 'new', forks: [fork] }],
    })
  })

  it('a second one on the same data folder ends with 6 and says who holds it', async () => {
    const second = world.startUp()
    await until(() => second.code() !== undefined)
    expect(second.code()).toBe(6)
    expect(printedObject(second.said())).toMatchObject({
      error: { code: 'UNDRIFT_E_BUSY', message: expect.stringContaining(world.data) },
    })
  })
})

describe('watches', () => {
  it('are not touched when they are what the config says already', async () => {
    expect(await json('apply')).toMatchObject({ watches: [{ change: 'unchanged' }] })
  })

  it('get new settings when the config changes, and are listed when they left it', async () => {
    const file = join(folder, 'undrift.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('poll: 1s', 'poll: 2s'))
    expect(await json('apply')).toMatchObject({
      watches: [{ change: 'changed', keys: [`upstreams.${fork}-upstream.poll`] }],
    })
    await until(async () => JSON.stringify(await json('apply')).includes('unchanged'))
    await writeFile(file, 'upstreams: {}\nforks: {}\n')
    const left = await json('apply')
    await writeFile(file, text)
    expect(left).toMatchObject({
      watches: [{ upstream: `${fork}-upstream`, change: 'not-in-config', forks: [] }],
    })
    expect((await cli('apply')).code).toBe(0)
  })

  it('show in status with their last poll and release', async () => {
    await until(async () => JSON.stringify(await json('status')).includes('"lastRelease":"v1.0.0"'))
    const { upstreams } = statusShape.parse(await json('status'))
    expect(upstreams).toMatchObject([{ name: `${fork}-upstream`, failures: 0 }])
  })

  it('can be polled by name, and a mistyped name is corrected', async () => {
    expect(await cli('poll', `${fork}-upstream`)).toMatchObject({ code: 0 })
    const wrong = await cli('poll', `${fork}-upstraem`)
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain(`Did you mean \`${fork}-upstream\`?`)
  })
})

describe('a release that goes well', () => {
  it('runs until it waits for approval, and the last line names the attempt', async () => {
    await makeRelease(repositories, 'v1.1.0', 'clean')
    const ran = await cli('run', fork, 'v1.1.0')
    expect(ran.code).toBe(3)
    expect(lastLine(ran.out)).toBe(`needs_intervention: ${id('v1.1.0')}`)
    expect(ran.err.match(/Web UI: /g)).toHaveLength(1)
    expect(ran.err).toContain('5/5')
  })

  it('stands in the inbox with a command that can be pasted', async () => {
    const { out } = await cli('inbox')
    expect(out).toContain(`undrift approve --data ${world.data} ${id('v1.1.0')}`)
    expect(await json('inbox')).toMatchObject({ attempts: [{ id: id('v1.1.0'), needs: 'approval' }] })
  })

  it('refuses what is not possible now, with the validator’s sentence', async () => {
    const refused = await cli('resume', `${fork}@v1.1.0`)
    expect(refused.code).toBe(2)
    expect(refused.err).toContain('possible are approve')
    expect((await cli('promote', 'v1.1.0', '--yes')).code).toBe(2)
    expect((await cli('resolve', 'v1.1.0')).code).toBe(2)
  })

  it('is pushed when it is approved, and is not done twice', async () => {
    const approved = await cli('approve', 'v1.1.0', '--wait', '--by', 'ann')
    expect(approved.code).toBe(0)
    expect(lastLine(approved.out)).toBe(`changed: ${id('v1.1.0')}`)
    const again = await cli('run', fork, 'v1.1.0')
    expect(again.code).toBe(0)
    expect(again.err).toContain('already done')
    expect(lastLine(again.out)).toBe(`changed: ${id('v1.1.0')}`)
    const shown = showShape.parse(await json('show', `${fork}@v1.1.0`))
    expect(shown.candidates.map(({ remote, pushed }) => [remote, pushed])).toEqual([
      ['origin', true],
      ['mirror', true],
    ])
    expect(shown.decisions).toMatchObject([{ name: 'approve', by: 'ann' }])
  })

  it('is promoted once, and says where the old value is kept', async () => {
    const shown = showShape.parse(await json('show', 'v1.1.0'))
    const unasked = await cli('promote', 'v1.1.0')
    expect(unasked.code).toBe(2)
    expect(unasked.err).toContain(`undrift promote --data ${world.data} ${id('v1.1.0')} --yes`)
    expect(await git(repositories.remotes.origin, ['rev-parse', 'refs/heads/main'])).toBe(shown.stackHead)
    const first = await json('promote', 'v1.1.0', '--yes')
    expect(first).toMatchObject({ branch: 'main', from: shown.stackHead, to: shown.head })
    expect(await git(repositories.remotes.origin, ['rev-parse', 'refs/heads/main'])).toBe(shown.head)
    expect(await json('promote', 'v1.1.0', '--yes')).toEqual({ ...first, at: expect.any(String) })
    await git(repositories.remotes.origin, ['update-ref', 'refs/heads/main', String(first.from)])
    expect(await json('promote', 'v1.1.0', '--yes')).toEqual({ ...first, at: expect.any(String) })
    expect(await git(repositories.remotes.origin, ['rev-parse', 'refs/heads/main'])).toBe(shown.head)
  })

  it('is made another time when a person says so, from the fork as it is then', async () => {
    const again = await cli('run', fork, 'v1.1.0', '--again')
    expect(again.code).toBe(0)
    expect(lastLine(again.out)).toBe(`completed: ${id('v1.1.0')}`)
  })
})

describe('a conflict', () => {
  it('is put into a work tree that keeps what was done in it', async () => {
    await makeRelease(repositories, 'v1.2.0', 'conflicting')
    expect((await cli('run', fork, 'v1.2.0')).code).toBe(3)
    const { path, paths } = resolveShape.parse(await json('resolve', 'v1.2.0'))
    expect(paths).toEqual([{ path: 'lib/limits.sh', kind: 'content', choice: null }])
    const unsettled = await cli('resolve', 'v1.2.0', '--continue')
    expect(unsettled.code).toBe(3)
    expect(unsettled.out).toContain('lib/limits.sh')
    await writeFile(join(path, 'lib/limits.sh'), settledLimits)
    const again = await cli('resolve', 'v1.2.0')
    expect(again.out).toContain(`undrift resolve --data ${world.data} ${id('v1.2.0')} --continue`)
    expect(await readFile(join(path, 'lib/limits.sh'), 'utf8')).toBe(settledLimits)
  })

  it('is settled on another machine as well: the replay is made again there, and the result travels', async () => {
    const elsewhere = {
      cwd: folder,
      env: {
        ...world.env,
        TEMPORAL_ADDRESS: `127.0.0.1:${world.ports[0]}`,
        UNDRIFT_DATA: join(folder, 'elsewhere'),
      },
    }
    const stranger = await runHere(['resolve', 'v1.2.0', '--json'], elsewhere)
    expect(stranger.code).toBe(7)
    expect(stranger.out).toContain('UNDRIFT_E_UNSIGNED')
    await introduce(elsewhere)
    const opened = resolveShape.parse(
      JSON.parse((await runHere(['resolve', 'v1.2.0', '--json'], elsewhere)).out),
    )
    expect(opened.path.startsWith(join(folder, 'elsewhere'))).toBe(true)
    await writeFile(join(opened.path, 'lib/limits.sh'), settledLimits)
    const taken = await runHere(['resolve', 'v1.2.0', '--continue'], elsewhere)
    expect(taken.code).toBe(3)
    expect(taken.err).toContain('4/5  resolved')
    const { needs, patches } = showShape.parse(await json('show', 'v1.2.0'))
    expect([needs, patches[3]?.verdict]).toEqual(['approval', 'resolved'])
    expect((await cli('resolve', 'v1.2.0', '--continue')).code).toBe(2)
  })

  it('can be given up; then the release may be run again', async () => {
    const aborted = await cli('abort', 'v1.2.0', '--wait')
    expect(aborted.code).toBe(1)
    expect(lastLine(aborted.out)).toBe(`failed: ${id('v1.2.0')}`)
    expect(await json('run', fork, 'v1.2.0', '--detach')).toMatchObject({ attempts: [{ how: 'started' }] })
    const joined = await cli('run', fork, 'v1.2.0')
    expect(joined.err).toContain('joined')
    expect(joined.code).toBe(3)
  })
})

describe('a release that is not there', () => {
  it('is blocked: exit code 4, and the reason names the tag', async () => {
    const blocked = await cli('run', fork, 'v9.9.9')
    expect(blocked.code).toBe(4)
    expect(blocked.out).toContain('v9.9.9')
    expect(lastLine(blocked.out)).toBe(`blocked: ${id('v9.9.9')}`)
    expect(await json('show', 'v9.9.9')).toMatchObject({ phase: 'ended', outcome: 'blocked' })
  })
})

describe('an event file', () => {
  it('runs the release for every fork that follows its repository', async () => {
    await makeRelease(repositories, 'v1.3.0', 'small')
    const event = {
      id: '1',
      type: 'upstream.release',
      payload: { repo: repositories.upstream, tag: 'v1.3.0' },
    }
    await writeFile(join(folder, 'event.json'), JSON.stringify(event))
    const ran = await cli('run', '--event', 'event.json', '--json')
    expect(ran.code).toBe(3)
    expect(showShape.parse(JSON.parse(ran.out)).id).toBe(id('v1.3.0'))
  })
})

describe('many attempts', () => {
  it('are told apart by their names; a word for several lists them', async () => {
    const several = await cli('show', 'v1')
    expect(several.code).toBe(2)
    expect(several.err).toContain(id('v1.1.0'))
    expect(several.err).toContain(id('v1.3.0'))
    const none = await cli('show', `${fork}@v1.1.1`)
    expect(none.code).toBe(2)
    expect(none.err).toContain('Did you mean')
  })

  it('are exported one JSON object a line', async () => {
    const lines = (await cli('export', '--jsonl')).out.trim().split('\n')
    const kinds = lines.map((line) => JSON.parse(line).kind)
    expect(kinds).toEqual(['watch', 'attempt', 'attempt', 'attempt', 'attempt'])
  })
})

describe('a worker', () => {
  it('serves its role until Ctrl-C', async () => {
    const worker = world.stay('worker', '--role', 'verify')
    await until(() => worker.code() !== undefined || worker.said().includes('Serving verify of'))
    expect(await worker.interrupt()).toBe(130)
  })
})

describe('Ctrl-C', () => {
  it('leaves the attempt running and says how to go on watching', async () => {
    await makeRelease(repositories, 'v1.4.0', 'small')
    const interrupt = new AbortController()
    interrupt.abort(130)
    const argv = ['--data', world.data, 'run', fork, 'v1.4.0']
    const ran = await runHere(argv, { cwd: folder, env: world.env, signal: interrupt.signal })
    expect(ran.code).toBe(130)
    const watch = `undrift show --data ${world.data} ${id('v1.4.0')} --follow`
    expect(ran.err).toContain(`still running; watch it with: ${watch}`)
    expect((await cli('show', id('v1.4.0'), '--follow')).code).toBe(3)
  })

  it('ends `up` and everything below it', async () => {
    expect(await world.up.interrupt()).toBe(130)
    const ran = await cli('status')
    expect(ran.code).toBe(4)
    expect(ran.err).toContain(`undrift up --data ${world.data}`)
  })
})
