/** The page that follows, as a `Link` header (RFC 8288) or GitLab's `X-Next-Page` names it; null for the last one. */
export function nextPage(headers: Pick<Headers, 'get'>, url: string): URL | null {
  const link = linkTo('next', headers.get('link') ?? '')
  if (link !== null) return URL.canParse(link, url) ? new URL(link, url) : null
  const page = headers.get('x-next-page')?.trim() ?? ''
  if (!/^\d{1,9}$/.test(page)) return null
  const next = new URL(url)
  next.searchParams.set('page', page)
  return next
}

/** The address with this relation; several addresses may stand in one header, and several relations in one parameter. */
function linkTo(relation: string, header: string): string | null {
  for (const [, address = '', parameters = ''] of header.matchAll(/<([^<>]*)>([^<]*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s";,]+))/i.exec(parameters)
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/)
    if (names.includes(relation)) return address
  }
  return null
}
