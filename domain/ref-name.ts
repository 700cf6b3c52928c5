/** The rules of `git check-ref-format` for a full ref name: the one that it breaks, or null. Source: gitcheckref-format(1). */
export function refNameProblem(ref: string): string | null {
  // Git takes it for an option wherever it stands alone in a command line.
  if (ref.startsWith('-')) return 'begins with a dash'
  const parts = ref.split('/')
  if (parts.length < 2) return 'is not a full ref name'
  if (parts.some((part) => part === '')) return 'begins or ends with a slash, or has two in a row'
  if (parts.some((part) => part.startsWith('.'))) return 'has a part that begins with a dot'
  if (parts.some((part) => part.endsWith('.lock'))) return 'has a part that ends with `.lock`'
  if (ref.includes('..')) return 'has two dots in a row'
  if (ref.endsWith('.')) return 'ends with a dot'
  if (ref.includes('@{')) return 'has `@{` in it'
  const forbidden = /[\u0000-\u0020\u007f~^:?*[\\]/.exec(ref)
  return forbidden ? `has ${describeCharacter(forbidden[0])} in it` : null
}

/** Why this cannot be the name of a branch, or null. Takes what `git branch` takes: no `refs/`, no leading dash. */
export function branchProblem(branch: string): string | null {
  if (branch === '') return 'is empty'
  if (branch.startsWith('-')) return 'begins with a dash'
  if (branch.startsWith('refs/')) return 'is a full ref name; write the branch alone'
  if (branch === 'HEAD') return 'is `HEAD`, which is no branch'
  if (branch === '@') return 'is `@`, which is no branch'
  return refNameProblem(`refs/heads/${branch}`)
}

function describeCharacter(character: string): string {
  if (character === ' ') return 'a space'
  const code = character.charCodeAt(0)
  return code < 32 || code === 127 ? 'a control character' : `\`${character}\``
}
