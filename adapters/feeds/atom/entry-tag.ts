import { isTagName } from '../../../domain/version/tag-name.ts'
import { plainText } from '../http/plain-text.ts'
import type { FeedEntry } from './feed-entry.ts'

/** Where the pages and ids of forges, registries and plain sites keep the tag; it is the rest of the path. */
const shapes = [
  // GitHub, Gitea, Forgejo, Codeberg
  /\/releases\/tag\/(.+)$/,
  // GitLab
  /\/-\/(?:releases|tags)\/(.+)$/,
  // Gitea and Forgejo, tags without a release
  /\/src\/tag\/(.+)$/,
  // SourceHut
  /\/~[^/]+\/[^/]+\/refs\/(.+)$/,
  // PyPI
  /^\/project\/[^/]+\/([^/]+)\/?$/,
  // a site's own list of releases
  /\/(?:releases?|tags?|refs\/tags)\/(?!tags?\/?$)(.+)$/,
]

/** GitHub's ids are tag URIs (RFC 4151) that end with the tag, not escaped. */
const githubId = /^tag:[^,:]+,\d{4}(?:-\d\d){0,2}:Repository\/\d+\/(.+)$/

/** Gitea and Forgejo put a number before the address. */
const numbered = /^\d+:\s*(?=https?:)/

/** A guid that is no address may be the tag itself; two numbers with a separator tell it from a bare counter. */
const bareTag = /^(?!.*[:?#])[A-Za-z]?\S*\d[._-]\d\S*$/
const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

export type EntryTag =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'problem'; readonly problem: string }

/** Takes the tag from the entry's link or id, never from its title; where they disagree, it is not guessed. */
export function entryTag(entry: FeedEntry, feedUrl: string): EntryTag {
  const named = [
    ...entry.links.map((link) => ({ where: 'link', tags: tagsOfAddress(link, feedUrl) })),
    ...entry.ids.map((id) => ({ where: 'id', tags: tagsOfId(id, feedUrl) })),
  ].filter(({ tags }) => tags.length > 0)
  const [first] = named
  if (first === undefined) return problem(entry, 'names no tag in its link or id')
  const tag = first.tags.find((one) => named.every(({ tags }) => tags.includes(one)))
  if (tag === undefined) {
    const other = named.find(({ tags }) => !tags.some((one) => first.tags.includes(one))) ?? first
    const [one, another] = [show(first.tags[0] ?? ''), show(other.tags[0] ?? '')]
    const where = first.where === other.where ? 'another' : 'its'
    return problem(entry, `names ${one} in its ${first.where} and ${another} in ${where} ${other.where}`)
  }
  return isTagName(tag)
    ? { kind: 'tag', tag }
    : problem(entry, `names ${show(tag)}, which Git takes for no tag`)
}

/** The readings of an id: as it stands and, where a percent sign leaves it open, unescaped. */
function tagsOfId(id: string, feedUrl: string): readonly string[] {
  const raw = githubId.exec(id)?.[1]
  if (raw !== undefined) return [...new Set([raw, decodePath(raw) ?? raw])]
  const address = id.replace(numbered, '')
  if (/^https?:|^\//.test(address)) return tagsOfAddress(address, feedUrl)
  return bareTag.test(id) && !uuid.test(id) ? [id] : []
}

function tagsOfAddress(address: string, feedUrl: string): readonly string[] {
  if (!URL.canParse(address, feedUrl)) return []
  const url = new URL(address, feedUrl)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return []
  for (const shape of shapes) {
    const rest = shape.exec(url.pathname)?.[1]?.replace(/\/+$/, '')
    const tag = rest ? decodePath(rest) : null
    if (tag) return [tag]
  }
  return []
}

function decodePath(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function problem(entry: FeedEntry, words: string): EntryTag {
  const name = entry.title || entry.ids[0] || entry.links[0] || ''
  return { kind: 'problem', problem: `The entry ${show(name)} ${words}.` }
}

/** For a person's eyes. */
function show(text: string): string {
  return `"${plainText(text, 80)}"`
}
