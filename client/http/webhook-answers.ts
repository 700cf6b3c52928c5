/** Every answer of the webhook server. Invariant: constant texts; nothing of what was sent comes back. */
export const answers = {
  polled: { status: 202, text: 'The feed is polled now.' },
  soon: { status: 202, text: 'The feed was polled a moment ago; it is polled once more soon.' },
  ping: { status: 200, text: 'The webhook works.' },
  'seen-before': { status: 200, text: 'This delivery was taken before.' },
  'no-delivery-id': { status: 400, text: 'The delivery has no id that can be used.' },
  'signature-missing': { status: 401, text: 'The delivery is not signed.' },
  'signature-wrong': { status: 401, text: 'The signature is wrong.' },
  'signature-stale': { status: 401, text: 'The signature is too old, or of the future.' },
  'no-such-hook': { status: 404, text: 'There is no such webhook.' },
  'not-a-post': { status: 405, text: 'A webhook is sent with POST.' },
  'too-large': { status: 413, text: 'The delivery is larger than 1 MB.' },
  'not-json': { status: 415, text: 'A webhook is sent as application/json.' },
  'not-polled': { status: 503, text: 'The watch cannot be reached now.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly text: string }>>

export type AnswerName = keyof typeof answers
