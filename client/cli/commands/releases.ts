import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { nearest } from '../../../config/nearest.ts'
import { UndriftError } from '../../../domain/errors.ts'
import type { TagRules, UpstreamSettings } from '../../../domain/settings.ts'
import type { RemoteAccess } from '../../../git/types.ts'
import { considerList, considerRepository, type ReleaseView, readTagList } from '../../releases/tag-list.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { readConfigOf } from '../read-config.ts'
import { renderReleases } from '../render/releases.ts'

/** Every release considered, newest first, with the rule that took it or left it out. Needs no server, and a config only for an upstream by name. */
export async function releases(context: Context, input: CommandInput): Promise<CommandResult> {
  const view = await consider(context, input)
  return {
    exitCode: 0,
    text: renderReleases(view, { now: context.now(), style: context.style }),
    json: {
      version: 1,
      newest: view.newest,
      releases: view.releases.map(({ tag, version, prerelease, status, reason }) => {
        return { tag, version, prerelease, status, reason }
      }),
    },
  }
}

async function consider(context: Context, input: CommandInput): Promise<ReleaseView> {
  const upstream = input.args[0]
  const { git, tags } = input.options
  const sources = [upstream, git, tags].filter((source) => source !== undefined)
  if (sources.length !== 1) {
    throw new UndriftError('UNDRIFT_E_USAGE', 'Name one source: an upstream, --git or --tags.', {
      hint: 'For example: undrift releases --git https://github.com/openai/codex.git --prefix rust-v',
    })
  }
  const { signal } = context
  if (typeof tags === 'string')
    return considerList(readTagList(await readList(context, tags)), rulesOf(input))
  if (typeof git === 'string') {
    const remote = { name: 'source', url: toUrl(git, context.cwd), token: null }
    return considerRepository({ remote, secret: null }, { rules: rulesOf(input), signal })
  }
  const settings = await findUpstream(context, upstream ?? '')
  return considerRepository(accessOf(settings, context), { rules: rulesOf(input, settings.tags), signal })
}

/** The flags, over the config's rules where there are any. */
function rulesOf(input: CommandInput, base: TagRules = { prefix: '', prereleases: false }): TagRules {
  const { prereleases } = input.options
  const given = ['prefix', 'match', 'ignore', 'scheme', 'range'].flatMap((name) => {
    const value = input.options[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return { ...base, ...Object.fromEntries(given), ...(prereleases === true ? { prereleases: true } : {}) }
}

async function readList(context: Context, file: string): Promise<string> {
  if (file === '-') return text(process.stdin)
  try {
    return await readFile(resolve(context.cwd, file), 'utf8')
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

async function findUpstream(context: Context, name: string): Promise<UpstreamSettings> {
  const { upstreams } = await readConfigOf(context)
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
