import { expect, it } from 'vitest'
import { parseQuietHours } from '../quiet-hours.ts'
import { nothingKnown } from '../watch.ts'
import { whyItWaits } from './why-it-waits.ts'

it.each([
  ['22:00-06:00', 'quiet hours: 22:00-06:00, until 2026-11-22T06:00:00Z'],
  ['Mon-Sun', 'quiet hours: 00:00-24:00'],
])('says until when the quiet hours %s last, where they end at all', (text, detail) => {
  const hours = parseQuietHours(text)
  const pin = { tag: 'v1', tagObject: 'a', commit: 'a' }
  const release = { tag: 'v1', publishedAt: null, url: null, since: '2026-11-20T00:00:00Z', security: false }
  const waits = whyItWaits(release, {
    line: 'mine/main',
    rules: { minimumAgeSeconds: 0, quiet: hours === null ? [] : [hours] },
    known: { ...nothingKnown, pins: [pin] },
    now: Date.parse('2026-11-21T23:30:00Z'),
    urgent: false,
  })
  expect(waits).toMatchObject({ reason: 'quiet-hours', detail })
})
