/** A stretch of the text that must not be shown. */
export interface SecretSpan {
  readonly start: number
  readonly end: number
  /** What it looks like, for the message. */
  readonly what: string
}

interface Pattern {
  readonly what: string
  /** With the group `secret` for the part to hide, or all of it. */
  readonly expression: RegExp
}

const patterns: readonly Pattern[] = [
  { what: 'a GitHub token', expression: /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})/dg },
  { what: 'a GitLab token', expression: /\bgl(?:pat|dt|rt|cbt|ptt|ft|oas|agent|soat)-[A-Za-z0-9_.-]{16,}/dg },
  { what: 'an npm token', expression: /\bnpm_[A-Za-z0-9]{20,}/dg },
  { what: 'a PyPI token', expression: /\bpypi-[A-Za-z0-9_-]{20,}/dg },
  { what: 'a Slack token', expression: /\bxox[abeprs]-[A-Za-z0-9-]{10,}/dg },
  { what: 'an AWS access key', expression: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/dg },
  { what: 'a Google API key', expression: /\bAIza[A-Za-z0-9_-]{30,}/dg },
  { what: 'an API key', expression: /\bsk-[A-Za-z0-9_-]{20,}/dg },
  { what: 'a JSON Web Token', expression: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/dg },
  { what: 'a private key', expression: /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*/dg },
  { what: 'a bearer token', expression: /\bbearer\s+(?<secret>[A-Za-z0-9._~+/=-]{16,})/dgi },
  { what: 'a password in a URL', expression: /:\/\/(?<secret>[^\s/"'@]*:[^\s/"']*)@/dg },
  { what: 'a password in a URL', expression: /(?<![\w:/@.-])[\w.-]+:(?<secret>[^\s@/"':]+)@[\w.-]+:/dg },
  {
    what: 'a token in a query',
    expression:
      /[?&](?:access_token|private_token|auth_token|feed_token|rss_token|token|api_?key)=(?<secret>[^\s&"'$]{6,})/dgi,
  },
]

/** Every place of the text that looks like a secret; in order, none inside another. */
export function findSecrets(text: string): readonly SecretSpan[] {
  const spans: SecretSpan[] = []
  for (const { what, expression } of patterns) {
    for (const match of text.matchAll(expression)) {
      const [start, end] = match.indices?.groups?.secret ?? match.indices?.[0] ?? [0, 0]
      spans.push({ start, end, what })
    }
  }
  spans.sort((left, right) => left.start - right.start || right.end - left.end)
  return spans.filter((span, index) => !spans.slice(0, index).some((other) => span.start < other.end))
}

/** The text with every span blotted out, of the same length, so that lines and columns stay. */
export function maskSpans(text: string, spans: readonly Pick<SecretSpan, 'start' | 'end'>[]): string {
  let masked = text
  for (const { start, end } of spans) {
    masked = masked.slice(0, start) + masked.slice(start, end).replace(/[^\s]/g, '*') + masked.slice(end)
  }
  return masked
}
