import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registry } from './registry.ts'
import { type Ran, runHere } from './testing.ts'

const good = `
upstreams:
  codex: { git: https://github.com/openai/codex.git, feed: https://github.com/openai/codex/releases.atom }
forks:
  mine: { upstream: codex, remotes: { origin: https://git.example.org/x.git }, branch: main, verify: [] }
`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-cli-'))
  await mkdir(join(folder, 'below', 'it'), { recursive: true })
  await writeFile(join(folder, 'undrift.yaml'), good)
  await writeFile(join(folder, 'bad.yaml'), 'upstreams: 1\nfroks: {}\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function run(...argv: readonly string[]): Promise<Ran> {
  return runHere(argv, { cwd: join(folder, 'below', 'it') })
}

function only(ran: Ran): {
  readonly version: number
  readonly error: { code: string; message: string; hint: string }
} {
  return JSON.parse(ran.out)
}

describe('what is not understood', () => {
  it.each([
    [['stauts'], "unknown command 'stauts'", 'Did you mean status?'],
    [['help', 'stauts'], "unknown command 'stauts'", 'Did you mean status?'],
    [['status', '--jsn'], "unknown option '--jsn'", 'Did you mean --json?'],
    [['releases'], 'Name one source', 'undrift releases --git'],
    [['show', ''], 'The argument attempt is empty.', 'Give it a value'],
    [['abort', ' '], 'The argument attempt is empty.', 'Give it a value'],
    [['releases', ''], 'The argument upstream is empty.', 'Give it a value'],
    [['status', '--config', ''], '--config is empty.', 'or leave it out'],
    [['status', '--data='], '--data is empty.', 'or leave it out'],
    [['show'], "missing required argument 'attempt'", 'See `undrift show --help`.'],
    [['status', 'more'], "too many arguments for 'status'", 'See `undrift status --help`.'],
    [['up', '--port', 'http'], '--port takes a port', 'A port is a number'],
    [['worker', '--role', 'gti'], 'There is no role `gti`', 'Did you mean `git`?'],
    [['run', 'mine'], 'A fork and a tag are needed', 'undrift run my-fork v1.2.0'],
    [['run', 'mien', 'v1'], 'There is no fork `mien`', 'Did you mean `mine`?'],
    [['run', 'mine', 'a b'], 'cannot be a tag', ''],
    [['run', '--event', 'none.json'], 'cannot be read', 'Name a JSON file'],
  ])('%j ends with 2 and says what is near', async (argv, message, hint) => {
    const ran = await run(...argv)
    expect(ran).toMatchObject({ code: 2, out: '' })
    expect(ran.err).toContain(message)
    expect(ran.err).toContain(hint)
  })

  it.each(
    registry.flatMap(({ name, options }) =>
      options
        .filter(({ flags, mayBeEmpty }) => flags.includes('<') && !mayBeEmpty)
        .map(({ flags }) => [name, flags]),
    ),
  )('names an option with an empty value: %s %s', async (name, flags) => {
    const option = /--[a-z-]+/.exec(flags ?? '')?.[0] ?? ''
    for (const value of ['', ' \t']) {
      const ran = await run(name ?? '', option, value)
      expect(ran).toEqual({ code: 2, out: '', err: expect.stringContaining(`error: ${option} is empty.`) })
    }
  })

  it('comes as one object on stdout with --json, wherever --json stands', async () => {
    for (const argv of [
      ['--json', 'stauts'],
      ['stauts', '--json'],
    ]) {
      const ran = await run(...argv)
      expect(ran).toMatchObject({ code: 2, err: '' })
      expect(only(ran)).toEqual({
        version: 1,
        error: { code: 'UNDRIFT_E_USAGE', message: "unknown command 'stauts'", hint: 'Did you mean status?' },
      })
    }
  })
})

describe('an event that no line takes', () => {
  it('starts nothing, needs no server, and says which rule left it out', async () => {
    const payload = { repo: 'openai/codex', tag: 'v2.0.0-rc.1' }
    await writeFile(
      join(folder, 'event.json'),
      JSON.stringify({ id: '1', type: 'upstream.release', payload }),
    )
    const ran = await run('run', '--event', join(folder, 'event.json'), '--json')
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out)).toEqual({ version: 1, attempts: [] })
    expect(ran.err).toContain('maintain/mine/main/v2.0.0-rc.1: left out, pre-release')
  })
})

describe('without a server', () => {
  const reading = [['status'], ['inbox'], ['show', 'x'], ['export', '--jsonl'], ['poll', 'codex'], ['apply']]
  it.each(reading)('%s ends with 4 and the command that starts one', async (...argv) => {
    const ran = await run(...argv, '--data', join(folder, 'data'))
    expect(ran.code).toBe(4)
    expect(ran.err).toContain(`undrift up --data ${join(folder, 'data')}`)
    const json = await run('--json', ...argv, '--data', join(folder, 'data'))
    expect(json).toMatchObject({ code: 4, err: '' })
    expect(only(json).error.code).toBe('UNDRIFT_E_SERVER')
  })

  it('one that is named but does not answer is named in the error', async () => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:1' }
    const ran = await runHere(['status'], { cwd: folder, env })
    expect(ran.code).toBe(4)
    expect(ran.err).toContain('127.0.0.1:1 does not answer')
    expect(ran.err).toContain('TEMPORAL_ADDRESS')
  })

  it('a stale state file of a dead server is no server', async () => {
    const data = join(folder, 'stale')
    await mkdir(join(data, 'temporal'), { recursive: true })
    await writeFile(join(data, 'temporal', 'server.json'), '{"pid":1,"address":"127.0.0.1:1","uiUrl":null}')
    const ran = await run('status', '--data', data)
    expect(ran).toMatchObject({ code: 4, out: '' })
    expect(ran.err).toContain('undrift up')
  })
})

describe('validate', () => {
  it('counts forks and their lines apart', async () => {
    const path = join(folder, 'lines.yaml')
    const own = good.replace('branch: main,', 'branch: main, lines: { lts-1: { branch: lts/1 } },')
    await writeFile(path, own)
    expect((await run('validate', path)).out).toContain('1 upstream, 1 fork, 2 lines.')
  })

  it('finds the config in a parent folder and says that it is good', async () => {
    expect(await run('validate')).toMatchObject({ code: 0, err: '' })
    const json = await run('validate', '--json')
    expect(JSON.parse(json.out)).toEqual({
      version: 1,
      file: join(folder, 'undrift.yaml'),
      valid: true,
      problems: [],
    })
  })

  it('reports every problem with its place and ends with 2', async () => {
    const ran = await run('validate', join(folder, 'bad.yaml'))
    expect(ran.code).toBe(2)
    expect(ran.out).toContain('bad.yaml:2:1')
    const json = await run('validate', join(folder, 'bad.yaml'), '--json')
    expect(json.code).toBe(2)
    const { valid, problems } = JSON.parse(json.out)
    expect(valid).toBe(false)
    expect(problems.length).toBeGreaterThan(1)
  })

  it('ends with 2 when there is no file', async () => {
    const ran = await run('--config', join(folder, 'none.yaml'), 'validate', '--json')
    expect(ran.code).toBe(2)
    expect(only(ran).error.code).toBe('UNDRIFT_E_CONFIG')
  })
})

describe('help', () => {
  it('names every command with its summary', async () => {
    const { code, out } = await run('--help')
    expect(code).toBe(0)
    for (const { name } of registry) expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    expect(await run()).toMatchObject({ code: 0, out })
  })

  it.each(registry.map(({ name }) => name))(
    '%s has help of its own, with the options that all have',
    async (name) => {
      const { code, out } = await run(name, '--help')
      expect(code).toBe(0)
      expect(out).toContain(`Usage: undrift ${name}`)
      expect(out).toContain('--data <dir>')
    },
  )

  it('documents the shape of --json wherever a command has one', () => {
    const without = registry
      .filter(({ details }) => !details?.includes('"version": 1'))
      .map(({ name }) => name)
    expect(without).toEqual(['worker'])
  })

  it('prints the version', async () => {
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

it.each(registry.map(({ name, load }) => ({ name, load })))('$name can be loaded', async ({ load }) => {
  expect(typeof (await load())).toBe('function')
})

describe('an empty environment variable', () => {
  it.each([
    ['TEMPORAL_ADDRESS', ['status'], 'No Temporal server runs on the data folder'],
    ['TEMPORAL_PROFILE', ['status'], 'No Temporal server runs on the data folder'],
    ['TEMPORAL_CONFIG_FILE', ['status'], 'No Temporal server runs on the data folder'],
    ['TEMPORAL_ADDRESS', ['worker'], 'No Temporal server runs on the data folder'],
  ])('counts as unset: %s for %j', async (variable, argv, words) => {
    const below = join(folder, 'below', 'it')
    const unset = await runHere(argv, { cwd: below })
    const empty = await runHere(argv, { cwd: below, env: { [variable]: '' } })
    expect(empty).toEqual(unset)
    expect(empty.err).toContain(words)
  })

  it('counts as unset for the data folder, too', async () => {
    const env = { UNDRIFT_DATA: '', XDG_DATA_HOME: '', XDG_CONFIG_HOME: '' }
    expect(await runHere(['status'], { cwd: folder, env })).toEqual(
      await runHere(['status'], { cwd: folder }),
    )
  })
})
