import { readDate } from '../../../domain/read-date.ts'
import type { FeedRelease } from '../../../domain/release.ts'
import { isTagName } from '../../../domain/version/tag-name.ts'
import { longestNotes } from '../types.ts'
import { plainText } from './plain-text.ts'

const longestTitle = 200
const longestUrl = 300
const mostAssets = 8

/** A release as a feed's format names it; everything is still a stranger's word. */
export interface JsonEntry extends Omit<FeedRelease, 'title' | 'notes' | 'assets'> {
  readonly title?: string | null | undefined
  readonly notes?: string | null | undefined
  readonly assets?: readonly { readonly name: string; readonly url: string }[]
  /** Why it is no release after all, such as `was yanked`. */
  readonly problem?: string
}

/** Why an entry is no release, as a sentence; null when it is one. */
export function problemOf({ tag, problem }: JsonEntry): string | null {
  const name = `"${plainText(tag, 80)}"`
  if (problem !== undefined) return `The release ${name} ${problem}.`
  return isTagName(tag) ? null : `The release ${name} has a name that Git takes for no tag.`
}

/** The release of an entry, cut to what is safe to keep and to show. */
export function toRelease({
  tag,
  title,
  publishedAt,
  url,
  prerelease,
  draft,
  notes,
  assets,
}: JsonEntry): FeedRelease {
  return {
    tag,
    title: plainText(title || tag, longestTitle),
    publishedAt: publishedAt === null ? null : readDate(publishedAt),
    url: pageOf(url),
    prerelease,
    ...(draft === undefined ? {} : { draft }),
    ...(notes ? { notes: notes.slice(0, longestNotes) } : {}),
    ...(assets ? { assets: assets.slice(0, mostAssets).flatMap(assetOf) } : {}),
  }
}

function assetOf({ name, url }: { readonly name: string; readonly url: string }) {
  const page = pageOf(url)
  return page === null ? [] : [{ name: plainText(name, longestTitle), url: page }]
}

function pageOf(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null
  const { protocol, href, username, password } = new URL(text)
  const isPlain = /^https?:$/.test(protocol) && username === '' && password === ''
  return isPlain && href.length <= longestUrl ? href : null
}
