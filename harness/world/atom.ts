/** One release as a feed announces it. */
export interface FeedEntry {
  readonly tag: string
  /** What GitHub shows as the release's name; the tag when nobody gave one. */
  readonly title?: string
  /** ISO 8601. */
  readonly publishedAt: string
}

const entriesShown = 10

/** A project's releases the way GitHub's `releases.atom` tells them: newest first, ten at most. */
export function renderAtom(home: string, project: string, entries: readonly FeedEntry[]): string {
  const shown = entries.toReversed().slice(0, entriesShown)
  const page = `${home}/${project}/releases`
  return `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en-US">
  <id>tag:github.com,2008:${escapeXml(page)}</id>
  <link type="text/html" rel="alternate" href="${escapeXml(page)}"/>
  <link type="application/atom+xml" rel="self" href="${escapeXml(page)}.atom"/>
  <title>Release notes from ${escapeXml(project)}</title>
  <updated>${shown[0]?.publishedAt ?? '2026-01-01T00:00:00Z'}</updated>
${shown.map((entry) => renderEntry(page, entry)).join('')}</feed>
`
}

function renderEntry(page: string, { tag, title = tag, publishedAt }: FeedEntry): string {
  return `  <entry>
    <id>tag:github.com,2008:Repository/4711/${escapeXml(tag)}</id>
    <updated>${publishedAt}</updated>
    <link rel="alternate" type="text/html" href="${escapeXml(`${page}/tag/${encodeURIComponent(tag)}`)}"/>
    <title>${escapeXml(title)}</title>
    <content type="html">&lt;p&gt;See the log.&lt;/p&gt;</content>
    <author>
      <name>uma</name>
    </author>
  </entry>
`
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
