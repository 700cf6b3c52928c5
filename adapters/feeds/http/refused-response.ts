import type { Response } from 'undici'
import { FetchFailure } from './fetch-failure.ts'
import { isLimitSpent, retryAfterSeconds } from './retry-after.ts'

/** What GitHub asks for where it names no time. Source: "Rate limits for the REST API", exceeding the rate limit. */
const leastSeconds = 60
const readBytes = 8_192

/** The failure that a response with this status is: a spent rate limit, or the status itself. */
export async function refusedResponse(response: Response, now: number): Promise<FetchFailure> {
  const { status, headers } = response
  const seconds = retryAfterSeconds(headers, now)
  if (await isLimited(response, seconds)) {
    const options = { retryAfterSeconds: seconds ?? leastSeconds }
    return new FetchFailure('feed-rate-limited', `answers ${status}: the rate limit is spent`, options)
  }
  const options = { retryAfterSeconds: seconds }
  return new FetchFailure(`feed-http-${status}`, `answers with the status ${status}`, options)
}

/** GitHub's secondary limits come as a 403 that may say so in its body only. */
async function isLimited(response: Response, seconds: number | null): Promise<boolean> {
  if (response.status === 429) return true
  if (response.status !== 403) return false
  return (
    seconds !== null || isLimitSpent(response.headers) || /secondary rate limit/i.test(await headOf(response))
  )
}

async function headOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size >= readBytes) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
