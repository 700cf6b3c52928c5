import { expect, it } from 'vitest'
import { markupText } from './markup-text.ts'

it.each([
  ['<p>Fixes <a href="https://x.example/?a=1&amp;b">CVE-2026-1</a>.</p>', 'Fixes CVE-2026-1.'],
  ['<h2>Notes</h2><ul><li>a <b>security</b> fix</li></ul>', 'Notes\na security fix'],
  ['1 &lt; 2 &amp;&amp; 3 &unknown; 4', '1 < 2 && 3 &unknown; 4'],
  ['no markup, a < b', 'no markup, a < b'],
])('reads %j as a person would', (html, text) => {
  expect(markupText(html)).toBe(text)
})

it('takes time linear in a text that is made to take longer', () => {
  const hostile = ['<', '<p', '</', '&', ' ', '<a '].map((part) => part.repeat(60_000))
  for (const html of hostile) expect(markupText(html).length).toBeLessThanOrEqual(html.length)
})
