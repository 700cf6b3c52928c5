import { type FeedEntry, renderAtom } from './atom.ts'

/** One answer of a feed. */
export interface Rendered {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** How a feed server tells a project's releases. */
export interface FeedForm {
  readonly pathOf: (project: string) => string
  /** The project whose feed is at this path. */
  readonly projectOf: (path: string) => string | undefined
  /** The page that an address asks for. */
  readonly render: (project: string, entries: readonly FeedEntry[], url: URL) => Rendered
}

/** GitHub's `releases.atom`. */
export const atomForm: FeedForm = {
  pathOf: (project) => `/${project}/releases.atom`,
  projectOf: (path) => /^\/([\w.-]+)\/(?:new\/)?releases\.atom$/.exec(path)?.[1],
  render: (project, entries, url) => ({
    body: renderAtom(url.origin, project, entries),
    headers: { 'content-type': 'application/atom+xml; charset=utf-8' },
  }),
}

/** Forgejo's API, with one release a page. */
export const apiForm: FeedForm = {
  pathOf: (project) => `/api/v1/repos/upstream/${project}/releases`,
  projectOf: (path) => /^\/api\/v1\/repos\/upstream\/([\w.-]+)\/releases$/.exec(path)?.[1],
  render(project, entries, url) {
    const page = Number(url.searchParams.get('page') ?? 1)
    const shown = entries.toReversed().slice(page - 1, page)
    const next = new URL(url)
    next.searchParams.set('page', `${page + 1}`)
    const releases = shown.map(({ tag, title = tag, publishedAt }) => ({
      tag_name: tag,
      name: title,
      draft: false,
      prerelease: false,
      published_at: publishedAt,
      html_url: `${url.origin}/upstream/${project}/releases/tag/${tag}`,
    }))
    return {
      body: JSON.stringify(releases),
      headers: {
        'content-type': 'application/json',
        ...(page < entries.length ? { link: `<${next.href}>; rel="next"` } : {}),
      },
    }
  },
}
