/** What a watch has not heard for too long. */
export type Silence =
  /** No poll has worked for a day; `since` is when the last one did, or when the watch began. */
  | { readonly kind: 'no-poll'; readonly since: string; readonly seconds: number }
  /** No release has come for longer than the config expects one. */
  | {
      readonly kind: 'no-release'
      readonly since: string
      readonly seconds: number
      readonly expectSeconds: number
    }

export interface Heard {
  /** When the watch began, ISO 8601. */
  readonly since: string
  readonly lastSuccessAt: string | null
  /** When a release was noticed last, ISO 8601. */
  readonly newsAt: string | null
  readonly pollSeconds: number
  readonly patienceSeconds: number
  /** Null when the config expects nothing. */
  readonly expectSeconds: number | null
}

/** What is silent for too long at a moment, in milliseconds since 1970. */
export function silences(heard: Heard, now: number): readonly Silence[] {
  const { expectSeconds } = heard
  // A feed that is polled once a week is not silent after a day.
  const patience = Math.max(heard.patienceSeconds, 2 * heard.pollSeconds)
  const polled = heard.lastSuccessAt ?? heard.since
  const news = heard.newsAt ?? heard.since
  const found: Silence[] = []
  if (age(polled, now) >= patience) found.push({ kind: 'no-poll', since: polled, seconds: age(polled, now) })
  if (expectSeconds !== null && age(news, now) >= expectSeconds) {
    found.push({ kind: 'no-release', since: news, seconds: age(news, now), expectSeconds })
  }
  return found
}

function age(moment: string, now: number): number {
  return Math.floor((now - Date.parse(moment)) / 1000)
}
