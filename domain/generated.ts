import { globMatcher } from './glob.ts'
import type { Oid } from './patch.ts'

/** How the files of a pattern are settled, so that they never stop a replay. */
export type GeneratedRule =
  /** Made again by a shell command in the sandbox. */
  | { readonly kind: 'run'; readonly pattern: string; readonly command: string }
  /** As the target has them, or as the patch has them. */
  | { readonly kind: 'upstream' | 'ours'; readonly pattern: string }

/** Files that a replay took from upstream for now, and that a command is to make again. */
export interface PendingFiles {
  readonly pattern: string
  readonly command: string
  /** The last patch that changed files of the pattern: it gets what is made. */
  readonly patch: Oid
  /** The commit of the replay that carries `patch`. */
  readonly commit: Oid
  /** Commits of the replay in which upstream's files stand in; nothing may be left of any of them in the end. */
  readonly met: readonly Oid[]
}

/** Finds the rule for a path; the first whose pattern fits counts. */
export function ruleFinder(rules: readonly GeneratedRule[]): (path: string) => GeneratedRule | null {
  const matchers = rules.map((rule) => ({ rule, fits: globMatcher(rule.pattern) }))
  return (path) => matchers.find(({ fits }) => fits(path))?.rule ?? null
}

/** Finds what is to be made again by a path; null for a path of another rule, or of none. */
export function pendingFinder(
  rules: readonly GeneratedRule[],
  pending: readonly PendingFiles[],
): (path: string) => PendingFiles | null {
  const ruleOf = ruleFinder(rules)
  return (path) => pending.find(({ pattern }) => pattern === ruleOf(path)?.pattern) ?? null
}

/** Says of a patch that upstream's files stand in for those that it changed. */
export function standInReason({ pattern, command }: Pick<PendingFiles, 'pattern' | 'command'>): string {
  return `Upstream's \`${pattern}\` stands in until \`${command}\` makes it again.`
}
