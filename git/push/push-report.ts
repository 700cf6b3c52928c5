/** One line of `git push --porcelain`: what became of one ref. */
export interface PushedRef {
  readonly ref: string
  readonly kind: 'moved' | 'up-to-date' | 'stale' | 'rejected' | 'held-back'
  /** The reason in parentheses; empty where there is none. */
  readonly reason: string
}

const flags = new Set([' ', '+', '-', '*', '!', '='])

/** Reads `git push --porcelain`. Source: git-push(1), OUTPUT. */
export function parsePushReport(text: string): PushedRef[] {
  return text.split('\n').flatMap((line) => {
    const [flag = '', names = '', summary = ''] = line.split('\t')
    if (!flags.has(flag) || summary === '') return []
    const ref = names.slice(names.indexOf(':') + 1)
    const reason = /\((.*)\)\s*$/s.exec(summary)?.[1] ?? ''
    return [{ ref, kind: kindOf(flag, summary, reason), reason }]
  })
}

function kindOf(flag: string, summary: string, reason: string): PushedRef['kind'] {
  if (flag === '=') return 'up-to-date'
  if (flag !== '!') return 'moved'
  // One ref of an atomic push takes the others with it; the one that did it says something else.
  if (/atomic (push|transaction) fail/i.test(reason)) return 'held-back'
  if (summary.startsWith('[remote rejected]') || summary.startsWith('[remote failure]')) return 'rejected'
  return 'stale'
}

/** What the remote itself had to say, without the prefix that git puts before it. */
export function remoteWords(stderr: string): string {
  return stderr
    .split(/[\r\n]+/)
    .flatMap((line) => (line.startsWith('remote: ') ? [line.slice('remote: '.length).trimEnd()] : []))
    .filter((line) => line !== '')
    .join('\n')
}
