import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a forge sent, as it came. */
export interface Delivery {
  readonly headers: IncomingHttpHeaders
  /** Invariant: the raw bytes; a signature holds for these and for no other spelling of them. */
  readonly body: Uint8Array
}

export type SignatureVerdict = 'valid' | 'missing' | 'wrong' | 'stale'

/** GitLab's signing tokens begin so; the key is what stands behind it, in base64. Source: the Standard Webhooks specification. */
const signingToken = 'whsec_'
const toleranceSeconds = 5 * 60
const mostSignatures = 10
const shortestKey = 16

/** Why a secret cannot be used, or null. An empty key would let anybody sign. */
export function webhookSecretProblem(secret: string): string | null {
  if (secret === '') return 'is not set'
  if (!secret.startsWith(signingToken)) return null
  return signingKey(secret).length < shortestKey ? 'begins like a signing token, but holds no key' : null
}

/**
 * Checks a delivery by every signature that it carries: one that is wrong is not saved by another. GitHub, Forgejo and
 * Gitea sign the body; GitLab signs id, time and body with a signing token, or sends its secret token as it is.
 */
export function checkSignature(
  delivery: Delivery,
  { secret, now }: { readonly secret: string; readonly now: number },
): SignatureVerdict {
  const { headers, body } = delivery
  if (secret.startsWith(signingToken) && headers['webhook-signature'] !== undefined) {
    return checkSigned(delivery, { secret, now })
  }
  const digest = createHmac('sha256', secret).update(body).digest('hex')
  const expected: readonly (readonly [string, string])[] = [
    ['x-hub-signature-256', `sha256=${digest}`],
    ['x-forgejo-signature', digest],
    ['x-gitea-signature', digest],
    ['x-gitlab-token', secret],
  ]
  const carried = expected.filter(([name]) => headers[name] !== undefined)
  if (carried.length === 0) return 'missing'
  return carried.every(([name, value]) => isSame(String(headers[name]), value)) ? 'valid' : 'wrong'
}

function checkSigned(
  { headers, body }: Delivery,
  { secret, now }: { readonly secret: string; readonly now: number },
): SignatureVerdict {
  const id = headers['webhook-id']
  const time = headers['webhook-timestamp']
  if (typeof id !== 'string' || typeof time !== 'string') return 'missing'
  const digest = createHmac('sha256', signingKey(secret))
    .update(`${id}.${time}.`)
    .update(body)
    .digest('base64')
  const given = String(headers['webhook-signature']).split(' ').slice(0, mostSignatures)
  if (given.filter((one) => isSame(one, `v1,${digest}`)).length === 0) return 'wrong'
  const isFresh = /^\d{1,12}$/.test(time) && Math.abs(now / 1000 - Number(time)) <= toleranceSeconds
  return isFresh ? 'valid' : 'stale'
}

function signingKey(secret: string): Buffer {
  return Buffer.from(secret.slice(signingToken.length), 'base64')
}

/** Compares in a time that tells nothing of where the texts differ, nor of how long the secret one is. */
function isSame(given: string, expected: string): boolean {
  const [left, right] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}
