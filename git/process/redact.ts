import { type Forms, formsOf, maskSpelled } from './secret-forms.ts'

const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^/\s@'"]+@/gi
const authorization = /(authorization:\s*\w+\s+)\S+/gi

/** Text that may be shown: every secret in it, in each form that it travels in, is masked. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = mask(clean, formsOf(secret))
  return clean.replace(userInfo, '$1***@').replace(authorization, '$1***')
}

/** First what stands there letter by letter, then what was wrapped, spaced out or spelled in another way. */
function mask(text: string, forms: Forms): string {
  let clean = text
  for (const form of forms.exact) clean = clean.replaceAll(form, '***')
  return maskSpelled(clean, forms.spelled)
}

/** What stands behind `Authorization: Basic` for a token; the user name is the one that all known forges take. */
export function basicCredential(token: string): string {
  return Buffer.from(`x-access-token:${token}`, 'utf8').toString('base64')
}
