const longestSeconds = 24 * 60 * 60

/**
 * Reads how long the server asks to be left alone: `Retry-After` (RFC 9110, 10.2.3), else the reset time of a spent rate
 * limit. Seconds, at most 24 h. Moments are measured by the server's own clock where it tells it, because ours may be a
 * day off; `now` is ours, in milliseconds since 1970.
 */
export function retryAfterSeconds(headers: Pick<Headers, 'get'>, now: number): number | null {
  const value = headers.get('retry-after')?.trim()
  if (value && /^\d+$/.test(value)) return clamp(Number(value))
  const serverNow = dateOf(headers.get('date')) ?? now
  const date = dateOf(value ?? null)
  if (date !== null) return clamp((date - serverNow) / 1000)
  if (!isLimitSpent(headers)) return null
  const said = (headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? '').trim()
  if (!/^\d+(?:\.\d+)?$/.test(said)) return null
  const reset = Number(said)
  // Forges give the moment of the reset in seconds since 1970; the IETF draft gives the seconds left.
  return clamp(reset > 1e9 ? reset - serverNow / 1000 : reset)
}

/** How long to leave a server alone whose answer, good as it is, used up the rate limit; null where it did not. */
export function secondsToReset(headers: Pick<Headers, 'get'>, now: number): number | null {
  return isLimitSpent(headers) ? retryAfterSeconds(headers, now) : null
}

/** Tells whether the response says that a rate limit is used up. */
export function isLimitSpent(headers: Pick<Headers, 'get'>): boolean {
  return (headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining'))?.trim() === '0'
}

/** An HTTP date (RFC 9110, 5.6.7); each of its forms begins with the day. `Date.parse` alone takes `-5` for a year. */
function dateOf(text: string | null): number | null {
  if (text === null || !/^[A-Z][a-z]{2,8},? /.test(text)) return null
  // The oldest form ends with the year; all are in UTC.
  const date = Date.parse(/\d:\d\d \d{4}$/.test(text) ? `${text} GMT` : text)
  return Number.isNaN(date) ? null : date
}

function clamp(seconds: number): number {
  return Math.min(Math.max(Math.ceil(seconds), 0), longestSeconds)
}
