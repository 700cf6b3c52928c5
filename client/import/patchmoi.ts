import { z } from 'zod'
import { nameFault } from '../../config/fields.ts'
import { feedUrlFault, gitUrlFault } from '../../config/git-url.ts'
import { findSecrets } from '../../config/secrets.ts'
import { UndriftError } from '../../domain/errors.ts'

/** Only what has a counterpart; the rest is looked through and named. */
const sourceSchema = z.looseObject({
  id: z.string().min(1),
  url: z.string().min(1),
  provider: z.string().optional(),
  event: z.string().optional(),
  repo: z
    .looseObject({
      owner: z.string().optional(),
      name: z.string().optional(),
      fullName: z.string().optional(),
      webUrl: z.string().optional(),
      defaultBranch: z.string().optional(),
    })
    .optional(),
  target: z.looseObject({ mode: z.string().optional(), eventType: z.string().optional() }).optional(),
})
const fileSchema = z.looseObject({ sources: z.array(sourceSchema) })

type Source = z.output<typeof sourceSchema>

/** An upstream as it will stand in the config. */
export interface ImportedUpstream {
  readonly name: string
  /** The id that patch.moi knew it by. */
  readonly source: string
  /** Null where nothing in the file tells. */
  readonly git: string | null
  readonly feed: string
  /** Upstream's own default branch, which the fork's may be called after. */
  readonly branch: string
}

/** Something that Undrift has no counterpart for, and what to do about it. */
export interface Unmatched {
  /** The source's id; null for the file as a whole. */
  readonly source: string | null
  readonly field: string
  readonly why: string
}

export interface ImportedSources {
  readonly upstreams: readonly ImportedUpstream[]
  readonly unmatched: readonly Unmatched[]
}

const largestFile = 1_000_000
/** What leads to a release; a feed of commits does not. */
const releaseEvents = ['release', 'tag']

const withoutCounterpart: Readonly<Record<string, string>> = {
  'target.workspaceUrlEnv': 'Undrift maintains the fork itself; there is no workspace to send an event to.',
  'target.workspaceSecretEnv':
    'Undrift maintains the fork itself; there is no workspace to send an event to.',
  'target.payload': 'An attempt takes its repository and tag from the upstream.',
}
const carriedOver = ['id', 'url', 'provider', 'event', 'repo', 'target', 'target.mode', 'target.eventType']

/** Reads the text of a `feed-sources.json` of patch.moi. UNDRIFT_E_INPUT with every field that is wrong. */
export function readPatchmoi(text: string, path: string): ImportedSources {
  const { sources, ...others } = parse(text, path)
  const upstreams: ImportedUpstream[] = []
  const unmatched: Unmatched[] = Object.keys(others).map((field) => unknown(null, field))
  for (const source of sources) {
    const reason = whyLeftOut(source)
    if (reason === null) upstreams.push(toUpstream(source, upstreams))
    else unmatched.push({ source: source.id, field: reason.field, why: reason.why })
    unmatched.push(...lookThrough(source))
  }
  return { upstreams, unmatched }
}

function parse(text: string, path: string): z.output<typeof fileSchema> {
  if (text.length > largestFile) throw wrong(path, 'it is larger than 1 MB')
  let value: unknown
  try {
    // Some editors of Windows put a mark of the byte order in front.
    value = JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    throw wrong(path, 'it is not JSON', cause)
  }
  const parsed = fileSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, 10)
  throw wrong(
    path,
    issues.map((issue) => `${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('; '),
  )
}

function whyLeftOut(source: Source): Omit<Unmatched, 'source'> | null {
  const fault = feedUrlFault(source.url)
  if (fault !== null) return { field: 'url', why: `The source is left out: ${fault.message}.` }
  const [secret] = findSecrets(source.url)
  if (secret) return { field: 'url', why: `The source is left out: it holds ${secret.what}.` }
  if (releaseEvents.includes(source.event ?? 'release')) return null
  return { field: 'event', why: 'The source is left out: Undrift follows releases and tags, nothing else.' }
}

function toUpstream(source: Source, before: readonly ImportedUpstream[]): ImportedUpstream {
  const { repo } = source
  const fullName = repo?.fullName?.split('/').at(-1)
  const wanted = [repo?.name, fullName, source.id].flatMap((text) => toName(text ?? '') ?? [])
  return {
    name: unused(wanted[0] ?? 'upstream', before),
    source: source.id,
    git: gitUrlOf(source),
    feed: source.url,
    branch: repo?.defaultBranch ?? 'main',
  }
}

function toName(text: string): string | null {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/\.{2,}/g, '.')
    .replaceAll(/^[^a-z0-9]+|[.-]+$/g, '')
    .slice(0, 36)
  return nameFault(name) === null && findSecrets(text).length === 0 ? name : null
}

function unused(name: string, before: readonly ImportedUpstream[]): string {
  const taken = new Set(before.map((upstream) => upstream.name))
  for (let number = 2, next = name; ; number++) {
    if (!taken.has(next)) return next
    next = `${name.slice(0, 35)}-${number}`
  }
}

/** The repository's address: its page's, GitHub's by its name, or what stands before the feed's path on a forge. */
function gitUrlOf({ repo, provider, url }: Source): string | null {
  const fullName = repo?.fullName ?? (repo?.owner && repo.name ? `${repo.owner}/${repo.name}` : null)
  const page = /^(https:\/\/[^/?#]+\/.+?)(?:\/-)?\/(?:releases|tags)(?:\.atom|\.rss|\?.*)?$/.exec(url)?.[1]
  const pages = [
    repo?.webUrl,
    provider === 'github' && fullName ? `https://github.com/${fullName}` : null,
    page,
  ]
  const urls = pages.flatMap((one) => (one ? [`${one.replace(/\/+$/, '').replace(/\.git$/, '')}.git`] : []))
  return urls.find(isUsable) ?? null
}

function isUsable(url: string): boolean {
  return url.startsWith('https://') && gitUrlFault(url) === null && findSecrets(url).length === 0
}

/** Every key of a source that goes nowhere. */
function lookThrough(source: Source): readonly Unmatched[] {
  const { target } = source
  const keys = [...Object.keys(source), ...Object.keys(target ?? {}).map((key) => `target.${key}`)]
  const lost = keys.filter((key) => !carriedOver.includes(key)).map((key) => unknown(source.id, key))
  const mode = target?.mode
  if (mode !== undefined && mode !== 'workspace_flow') {
    lost.push({
      source: source.id,
      field: 'target.mode',
      why: 'Undrift has one target: an attempt for each fork.',
    })
  }
  if (target?.eventType !== undefined && target.eventType !== 'upstream.release') {
    lost.push({ source: source.id, field: 'target.eventType', why: 'Undrift knows upstream.release only.' })
  }
  return lost
}

function unknown(source: string | null, field: string): Unmatched {
  return { source, field, why: withoutCounterpart[field] ?? 'Undrift has no such setting.' }
}

function wrong(path: string, what: string, cause?: unknown): UndriftError {
  return new UndriftError('UNDRIFT_E_INPUT', `${path} is no feed-sources.json of patch.moi: ${what}.`, {
    cause,
    hint: 'It must be { "sources": [ { "id", "url", … } ] }.',
  })
}
