/**
 * Text as it reads, on one line, whatever Markdown or HTML stands in it: a tag, a subject or a reason may hold `<2`, which a
 * page would take for the beginning of an element and swallow. Source: CommonMark 0.31, backslash escapes.
 */
export function plainText(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_[\]<>|#~&]/g, '\\$&')
}
