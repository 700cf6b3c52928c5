/** HTML as a person reads it, roughly: words that only an element parts stand together again. Takes time linear in the text. */
export function markupText(html: string): string {
  return html
    .replaceAll(/<\/?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|pre|blockquote)\b[^<>]*>/gi, '\n')
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/&(?:amp|lt|gt|quot|nbsp|#39);/g, (name) => entities[name] ?? name)
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n[ \n]*/g, '\n')
    .trim()
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&nbsp;': ' ',
  '&#39;': "'",
}
