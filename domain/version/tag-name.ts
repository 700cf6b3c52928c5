const longest = 244

/** Tells whether Git would take this as a tag's name (the rules of `git check-ref-format` for `refs/tags/<name>`). */
export function isTagName(name: string): boolean {
  if (name === '' || name.length > longest || name === '@' || name.startsWith('-')) return false
  if (/[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\//.test(name)) return false
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(name)) return false
  if (name.endsWith('.') || name.startsWith('/') || name.endsWith('/')) return false
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'))
}
