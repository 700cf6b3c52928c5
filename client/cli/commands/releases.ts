import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import type { Config } from '../../../config/config.ts'
import { nearest } from '../../../config/nearest.ts'
import { UndriftError } from '../../../domain/errors.ts'
import type { TagRules, UpstreamSettings } from '../../../domain/settings.ts'
import type { RemoteAccess } from '../../../git/types.ts'
import { rulesOfLine } from '../../releases/line-rules.ts'
import { type ReleaseState, releaseStates, skipOlder } from '../../releases/release-states.ts'
import { considerList, considerRepository, type ReleaseView, readTagList } from '../../releases/tag-list.ts'
import { askWatch } from '../../releases/watch-view.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { readConfigOf } from '../read-config.ts'
import { renderReleases } from '../render/releases.ts'

/** What is shown: every tag, and where each stands with the watch, when one answers. */
interface Considered {
  readonly view: ReleaseView
  /** Null where no upstream of the config is meant. */
  readonly states: ReadonlyMap<string, ReleaseState> | null
}

/** Every release considered, newest first, with the rule that took it or left it out. Needs no server, and a config only for an upstream by name. */
export async function releases(context: Context, input: CommandInput): Promise<CommandResult> {
  const { view, states } = await consider(context, input)
  return {
    exitCode: 0,
    text: renderReleases(
      { ...view, states: states ?? new Map() },
      { now: context.now(), style: context.style },
    ),
    json: {
      version: 1,
      newest: view.newest,
      releases: view.releases.map(({ tag, version, prerelease, status, reason }) => {
        const row = { tag, version, prerelease, status, reason }
        if (states === null) return row
        const { state = null, detail = null, evidence } = states.get(tag) ?? {}
        return { ...row, state, detail, ...(evidence === undefined ? {} : { evidence }) }
      }),
    },
  }
}

async function consider(context: Context, input: CommandInput): Promise<Considered> {
  const upstream = input.args[0]
  const { git, tags, line } = input.options
  const sources = [upstream, git, tags].filter((source) => source !== undefined)
  if (sources.length !== 1 || sources[0] === '') {
    throw new UndriftError('UNDRIFT_E_USAGE', 'Name one source: an upstream, --git or --tags.', {
      hint: 'For example: undrift releases --git https://github.com/openai/codex.git --prefix rust-v',
    })
  }
  if (line !== undefined && upstream === undefined) {
    throw new UndriftError('UNDRIFT_E_USAGE', '--line belongs to an upstream of the config.', {
      hint: 'For example: undrift releases codex --line lts-1',
    })
  }
  const { signal } = context
  if (typeof tags === 'string') {
    return { view: considerList(readTagList(await readList(context, tags)), rulesOf(input)), states: null }
  }
  if (typeof git === 'string') {
    const remote = { name: 'source', url: toUrl(git, context.cwd), token: null }
    const view = await considerRepository({ remote, secret: null }, { rules: rulesOf(input), signal })
    return { view, states: null }
  }
  const config = await readConfigOf(context)
  const settings = findUpstream(config, upstream ?? '')
  const wanted =
    typeof line === 'string' ? rulesOfLine(config, settings, line) : { rules: settings.tags, line: null }
  const [view, watch] = await Promise.all([
    considerRepository(accessOf(settings, context), { rules: rulesOf(input, wanted.rules), signal }),
    askWatch(context, settings.name),
  ])
  if (watch === null) return { view, states: new Map() }
  const states = releaseStates(view.releases, watch, wanted.line)
  return { view: { ...view, releases: skipOlder(view.releases, states) }, states }
}

/** The flags, over the config's rules where there are any. */
function rulesOf(input: CommandInput, base: TagRules = { prefix: '', prereleases: false }): TagRules {
  const { prereleases } = input.options
  const given = ['prefix', 'match', 'ignore', 'scheme', 'build', 'range'].flatMap((name) => {
    const value = input.options[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return { ...base, ...Object.fromEntries(given), ...(prereleases === true ? { prereleases: true } : {}) }
}

async function readList(context: Context, file: string): Promise<Buffer> {
  if (file === '-') return buffer(process.stdin)
  try {
    return await readFile(resolve(context.cwd, file))
  } catch (cause) {
    throw new UndriftError('UNDRIFT_E_INPUT', `The list of tags ${file} cannot be read.`, {
      cause,
      hint: 'Name a file with one tag a line, or - for stdin.',
    })
  }
}

/** A path on this machine as Git takes it; what may be a URL stays as it is, to be judged where it is used. */
function toUrl(source: string, cwd: string): string {
  if (source.startsWith('-') || /^[a-z0-9+.-]*:[:/]/i.test(source)) return source
  const isPath = isAbsolute(source) || !source.includes(':') || existsSync(resolve(cwd, source))
  return isPath ? pathToFileURL(resolve(cwd, source)).href : source
}

function findUpstream({ upstreams }: Config, name: string): UpstreamSettings {
  const found = upstreams.find((upstream) => upstream.name === name)
  if (found) return found
  const names = upstreams.map((upstream) => upstream.name)
  const near = nearest(name, names)
  throw new UndriftError('UNDRIFT_E_NOT_FOUND', `There is no upstream \`${name}\` in the config.`, {
    hint: near === null ? `There are: ${names.join(', ') || 'none'}.` : `Did you mean \`${near}\`?`,
  })
}

function accessOf({ git }: UpstreamSettings, context: Context): RemoteAccess {
  if (git.token === null) return { remote: git, secret: null }
  const variable = git.token.slice('env:'.length)
  const secret = context.env[variable]
  if (!secret) throw new UndriftError('UNDRIFT_E_SECRET', `${variable} is not set.`)
  return { remote: git, secret }
}
