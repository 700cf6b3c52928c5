const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^/\s@'"]+@/gi
const authorization = /(authorization:\s*\w+\s+)\S+/gi

/** Text that may be shown: every secret in it, in each form that it travels in, is masked. */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const form of secrets.flatMap(formsOf)) clean = clean.replaceAll(form, '***')
  return clean.replace(userInfo, '$1***@').replace(authorization, '$1***')
}

/** A secret as it stands, in base64 alone and behind the user name of HTTP's basic scheme, and URL-encoded. */
function formsOf(secret: string): string[] {
  if (secret === '') return []
  const forms = [secret, basicCredential(secret), base64(secret), encodeURIComponent(secret)]
  return [...forms, ...forms.map((form) => form.replace(/=+$/, ''))].sort((a, b) => b.length - a.length)
}

/** What stands behind `Authorization: Basic` for a token; the user name is the one that all known forges take. */
export function basicCredential(token: string): string {
  return base64(`x-access-token:${token}`)
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
